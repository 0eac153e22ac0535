//! The parameters of a function, as they are to reach a block of its body.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::borrowed::borrows;
use crate::input::{Input, flat};
use crate::tokens::code;
use crate::values::unraw;

/// A parameter, cut into its parts.
pub(super) struct Parameter {
    attributes: Vec<[TokenTree; 2]>,
    /// All of a receiver, as in `&mut self`, but for its type.
    pattern: Vec<TokenTree>,
    /// `:`, and what is behind it.
    colon: TokenStream,
    ty: TokenStream,
}

impl Parameter {
    pub(super) fn all(parameters: &Group) -> Vec<Self> {
        let mut input = Input::new(parameters.stream());
        let mut all = Vec::new();
        while !input.is_empty() {
            all.push(Self::read(&mut input));
            input.accept(",");
        }
        all
    }

    fn read(input: &mut Input) -> Self {
        let mut attributes = Vec::new();
        while let [pound, content @ TokenTree::Group(_), ..] = input.rest() {
            if !input.at("#") {
                break;
            }
            attributes.push([pound.clone(), content.clone()]);
            input.nth(1);
        }
        let mut pattern = Vec::new();
        while !input.is_empty() && !input.at(",") {
            if let Some(path) = input.accept("::") {
                pattern.extend(path);
            } else if input.at(":") {
                break;
            } else {
                pattern.extend(input.next());
            }
        }
        let colon = input.accept(":").unwrap_or_default();
        let mut ty = TokenStream::new();
        while !input.is_empty() && !input.at(",") {
            match input.angle_brackets() {
                Some(brackets) if !brackets.is_empty() => ty.extend(brackets),
                _ => ty.extend(input.next()),
            }
        }
        Self {
            attributes,
            pattern,
            colon,
            ty,
        }
    }

    /// What shows that it borrows, if something does.
    pub(super) fn borrow(&self) -> Option<TokenStream> {
        let shown = if self.ty.is_empty() {
            self.pattern.iter().cloned().collect()
        } else {
            self.ty.clone()
        };
        borrows(shown.clone(), "static").then_some(shown)
    }

    /// `self`, if this is the receiver.
    fn receiver(&self) -> Option<TokenTree> {
        let last = flat(self.pattern.iter().cloned().collect()).pop();
        last.filter(|token| token.to_string() == "self")
    }

    /// The name, if that is all there is: `name`, `mut name`.
    fn name(&self) -> Option<Ident> {
        let pattern = flat(self.pattern.iter().cloned().collect());
        let name = match &*pattern {
            [TokenTree::Ident(name)] => name,
            [TokenTree::Ident(keyword), TokenTree::Ident(name)] if keyword.to_string() == "mut" => {
                name
            }
            _ => return None,
        };
        (name.to_string() != "_").then(|| name.clone())
    }

    /// The same parameter under a name that the body does not see, and what makes it the user's.
    //
    // Input:
    //     &self, mut batch: Batch, Pair(a, b): Pair, _: Guard
    //
    // Output:
    //     &self, batch: Batch, __unnamed2: Pair, __unnamed3: Guard
    //
    //     ::aplomb::__private::whole(&self);
    //     let mut batch = batch;
    //     let __unnamed2 = __unnamed2;
    //     let Pair(a, b) = __unnamed2;
    //     let __unnamed3 = __unnamed3;
    //     let _ = __unnamed3;
    //
    // It is what rustc makes of the parameters of an `async fn`. So each is moved into the block
    // whole, dropped in the order in which it would be, and found unused where it is.
    fn moved(&self, index: usize, hidden: &TokenStream) -> (TokenStream, TokenStream) {
        let here = Span::mixed_site();
        let Self {
            attributes,
            pattern,
            colon,
            ty,
        } = self;
        if let Some(receiver) = self.receiver() {
            let all = attributes.concat();
            let outer = code!(here=> #all #pattern #colon #ty);
            return (outer, code!(here=> #hidden::whole(&#receiver);));
        }
        let is_cfg = |[_, content]: &&[TokenTree; 2]| match content {
            TokenTree::Group(content) => {
                let first = content.stream().into_iter().next();
                first.is_some_and(|word| word.to_string() == "cfg")
            }
            _ => false,
        };
        // Whether it is there is for both to know; lints are about the pattern.
        let cfg: Vec<_> = attributes
            .iter()
            .filter(is_cfg)
            .flatten()
            .cloned()
            .collect();
        let all = attributes.concat();
        let named = self.name();
        let mut name = named.clone().unwrap_or_else(|| {
            let name = format!("__unnamed{index}");
            Ident::new(&name, here)
        });
        // Whoever reads the signature sees the name that was written.
        name.set_span(here.located_at(name.span()));
        let outer = code!(here=> #cfg #name #colon #ty);
        let inner = if unraw(&name).starts_with('_') && named.is_some() {
            // Without a call, clippy would find that nothing happens here.
            code!(here=> #all let #pattern = ::core::convert::identity(#name);)
        } else if named.is_some() {
            code!(here=> #all let #pattern = #name;)
        } else {
            code!(here=> #cfg let #name = #name; #all let #pattern = #name;)
        };
        (outer, inner)
    }
}

/// All parameters under names that the body does not see, and what makes them the user's.
pub(super) fn moved(parameters: &Group, hidden: &TokenStream) -> (Group, TokenStream) {
    let here = Span::mixed_site();
    let (mut outer, mut inner) = (TokenStream::new(), TokenStream::new());
    for (index, parameter) in Parameter::all(parameters).iter().enumerate() {
        let (declared, bound) = parameter.moved(index, hidden);
        outer.extend(code!(here=> #declared,));
        inner.extend(bound);
    }
    let mut group = Group::new(Delimiter::Parenthesis, outer);
    group.set_span(parameters.span());
    (group, inner)
}
