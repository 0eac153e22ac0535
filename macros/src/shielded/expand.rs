//! What is written for a function that is called, and what all that is shielded is written with.

use proc_macro::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};

use super::Args;
use crate::item::{Body, Function};
use crate::tokens::{ToTokens, code, here};
use crate::values::unraw;

// Input:
//     #[shielded]
//     fn commit(&self, batch: Batch) -> Result<(), Error> { #![allow(..)] BODY }
//
// Output:
//     #[allow(..)]
//     fn commit(&self, batch: Batch) -> Result<(), Error> {
//         match ::aplomb::shield("commit") {
//             _shield => { BODY }
//         }
//     }
//
// Why an arm: it is a coercion site with the expected type, so that a body means in it what it
// means alone; its temporaries end before the shield does, in every edition; `return`, `?` and
// `!` need nothing; and no lint has anything to say about it.
pub(super) fn plain(args: &Args, function: &Function) -> TokenStream {
    let (inner, body) = without_inner_attributes(&function.body);
    let shield = call(args, function, "", "shield", &label(args, function));
    // Both pairs of braces are the user's. Braces of ours would hide the body from `dead_code`,
    // and give it the drop order of the edition of this crate.
    let arm = code!(here()=> match #shield { _shield => #body });
    with_body(function, &inner, &braces(&body, arm))
}

// Input:
//     #[shielded(inline)]
//     fn commit(&self) -> BoxFuture<'_, ()> { BODY }
//
// Output:
//     fn commit(&self) -> BoxFuture<'_, ()> {
//         ::aplomb::__private::boxed_inline("commit", (move || -> BoxFuture<'_, ()> { BODY })())
//     }
//
// The body may `return`. Without `inline`, what `#[async_trait]` has made is taken as it is, since
// the lifetime in its type is shorter than a task: it is one expression, and of a type that is known.
pub(super) fn boxed(args: &Args, function: &Function) -> TokenStream {
    let (inner, body) = without_inner_attributes(&function.body);
    let (label, output) = (label(args, function), &function.output);
    let callee = match args.inline {
        Some(_) => "boxed_inline",
        None => "boxed_task",
    };
    let future = if args.inline.is_none() && super::check::by_async_trait(output) {
        code!(here()=> match () { () => #body })
    } else {
        // What is wrong with its type is shown there.
        let mut tokens = output.clone().into_iter();
        let first = tokens.next().map_or_else(here, |token| token.span());
        let last = tokens.last().map_or(first, |token| token.span());
        let closure = code!(here()=> move || -> #output #body);
        let closure = parenthesized(closure, first);
        let call = parenthesized(TokenStream::new(), last);
        code!(here()=> #closure #call)
    };
    let content = code!(here()=> #label, #future);
    let call = call(args, function, "__private", callee, &content);
    with_body(function, &inner, &braces(&body, call))
}

fn with_body(function: &Function, inner: &Vec<TokenTree>, block: &Group) -> TokenStream {
    let Function {
        attributes,
        visibility,
        signature,
        ..
    } = function;
    code!(here()=> #attributes #inner #visibility #signature #block)
}

/// `::aplomb::module::callee(content)`
//
// `#[track_caller]` finds the place of a call by its first and last token: with these three at the
// function's name, the shield is known by that place and not by the attribute's. The rest is ours,
// which keeps `unused_qualifications` away.
pub(super) fn call(
    args: &Args,
    function: &Function,
    module: &str,
    callee: &str,
    content: &dyn ToTokens,
) -> TokenStream {
    let there = function.name.span();
    let library = library(args, there);
    let module = (!module.is_empty()).then(|| Ident::new(module, here()));
    let module = module.map(|module| code!(here()=> #module::));
    // All at the user's places, this would be a path of the user's, which clippy calls long.
    let is_long = module.is_some();
    let place = if is_long {
        here().located_at(there)
    } else {
        there
    };
    let callee = Ident::new(callee, place);
    let arguments = parenthesized(content.to_tokens(), there);
    code!(here()=> #library::#module #callee #arguments)
}

pub(super) fn library(args: &Args, there: Span) -> TokenStream {
    args.library.as_ref().map_or_else(
        || {
            let root = code!(there=> ::);
            code!(here()=> #root aplomb)
        },
        ToTokens::to_tokens,
    )
}

/// What the shield is called.
pub(super) fn label(args: &Args, function: &Function) -> Literal {
    let label = args.name.clone();
    let mut label = label.unwrap_or_else(|| Literal::string(&unraw(&function.name)));
    label.set_span(here());
    label
}

fn parenthesized(content: TokenStream, there: Span) -> Group {
    let mut group = Group::new(Delimiter::Parenthesis, content);
    group.set_span(there);
    group
}

/// The braces of the user's around what is ours.
pub(super) fn braces(body: &Group, content: TokenStream) -> Group {
    let mut block = Group::new(Delimiter::Brace, content);
    block.set_span(body.span());
    block
}

/// `{ #![allow(..)] BODY }` as `#[allow(..)]` and `{ BODY }`: an arm has no inner attributes.
pub(super) fn without_inner_attributes(body: &Body) -> (Vec<TokenTree>, Group) {
    let body = match body {
        Body::Block(block) => block.clone(),
        Body::Missing(semicolon) => Group::new(Delimiter::Brace, semicolon.to_tokens()),
    };
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut rest = tokens.as_slice();
    let mut attributes: Vec<TokenTree> = Vec::new();
    while let [
        TokenTree::Punct(pound),
        TokenTree::Punct(bang),
        content,
        left @ ..,
    ] = rest
    {
        if (pound.as_char(), bang.as_char()) != ('#', '!') {
            break;
        }
        attributes.extend([pound.clone().into(), content.clone()]);
        rest = left;
    }
    let block = braces(&body, rest.iter().cloned().collect());
    (attributes, block)
}
