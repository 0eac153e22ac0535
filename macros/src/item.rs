//! The function that an attribute stands on. It stays tokens: what is never parsed cannot be
//! misunderstood, and a body with a syntax error is for rustc to report, not for us.

use proc_macro::{Delimiter, Group, Ident, TokenStream, TokenTree};

use crate::input::{Input, flat};
use crate::tokens::ToTokens;
use crate::values::unraw;

/// A function, cut into its parts.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: TokenStream,
    /// `const`, `async`, `unsafe`, `extern "C"`: those that are there.
    pub(crate) qualifiers: Vec<TokenTree>,
    /// `fn`
    pub(crate) keyword: Option<TokenTree>,
    pub(crate) name: Ident,
    pub(crate) generics: TokenStream,
    pub(crate) parameters: Group,
    /// `->`, or nothing.
    pub(crate) arrow: Option<TokenStream>,
    /// The type behind it.
    pub(crate) output: TokenStream,
    pub(crate) where_clause: TokenStream,
    /// All between the visibility and the body, as it was written.
    pub(crate) signature: TokenStream,
    pub(crate) body: Body,
}

pub(crate) struct Attribute {
    /// As in `tokio::main`.
    pub(crate) path: String,
    /// What is between the parentheses.
    pub(crate) arguments: TokenStream,
    tokens: TokenStream,
}

pub(crate) enum Body {
    Block(Group),
    /// `fn main();`, with its semicolon.
    Missing(TokenTree),
}

impl Function {
    /// For what is no function: the token, such as `struct`, that shows what it is.
    pub(crate) fn parse(item: TokenStream) -> Result<Self, Option<TokenTree>> {
        let input = &mut Input::new(item);
        input.unwrap_group();
        let mut attributes = Vec::new();
        while input.at("#") {
            attributes.push(Attribute::read(input));
            input.unwrap_group();
        }
        let visibility = visibility(input);

        let mut qualifiers = Vec::new();
        while !input.at("fn") {
            match input.next() {
                Some(token @ (TokenTree::Ident(_) | TokenTree::Literal(_))) => {
                    qualifiers.push(token);
                }
                // `const`, `unsafe` and `async` may begin something else than a function, too.
                other => return Err(qualifiers.into_iter().next().or(other)),
            }
            input.unwrap_group();
        }
        let Some((last, head)) = input.rest().split_last() else {
            return Err(None);
        };
        let (body, signature) = (Body::new(last), qualifiers.iter().chain(head));
        let signature = signature.cloned().collect();

        let input = &mut Input::new(head.iter().cloned());
        let keyword = input.next();
        let name = input.accept_word().ok_or_else(|| input.next())?;
        let generics = input.angle_brackets().ok_or(None)?;
        let parameters = match input.next() {
            Some(TokenTree::Group(parameters)) => parameters,
            other => return Err(other),
        };
        let arrow = input.accept("->");
        let rest = input.rest().iter();
        let end = rest.take_while(|token| token.to_string() != "where");
        let output = input.take(end.count()).collect();
        Ok(Self {
            attributes,
            visibility,
            qualifiers,
            keyword,
            name,
            generics,
            parameters,
            arrow,
            output,
            where_clause: input.collect(),
            signature,
            body,
        })
    }

    pub(crate) fn qualifier(&self, keyword: &str) -> Option<&TokenTree> {
        self.qualifiers
            .iter()
            .find(|token| token.to_string() == keyword)
    }
}

impl Attribute {
    /// `#` and `[…]`, which come next.
    fn read(input: &mut Input) -> Self {
        let tokens: Vec<_> = input.take(2).collect();
        let mut path = String::new();
        let mut arguments = TokenStream::new();
        if let [_, TokenTree::Group(content)] = &*tokens {
            for token in flat(content.stream()) {
                match token {
                    TokenTree::Ident(segment) => path.push_str(&unraw(&segment)),
                    TokenTree::Punct(colon) if colon.as_char() == ':' => path.push(':'),
                    TokenTree::Group(group) => {
                        arguments = group.stream();
                        break;
                    }
                    _ => break,
                }
            }
        }
        Self {
            path,
            arguments,
            tokens: tokens.into_iter().collect(),
        }
    }

    /// Whether the path ends so: `#[aplomb::app]` is `#[app]`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.path.rsplit(':').next() == Some(name)
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self) -> TokenStream {
        self.tokens.clone()
    }
}

impl Body {
    fn new(last: &TokenTree) -> Self {
        match last {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                Self::Block(group.clone())
            }
            // A `$body:block` of a `macro_rules!` comes in a group without delimiters.
            TokenTree::Group(group) => match group.stream().into_iter().next() {
                Some(inner) => Self::new(&inner),
                None => Self::Missing(last.clone()),
            },
            other => Self::Missing(other.clone()),
        }
    }
}

impl ToTokens for Body {
    fn to_tokens(&self) -> TokenStream {
        match self {
            Self::Block(block) => block.to_tokens(),
            Self::Missing(semicolon) => semicolon.to_tokens(),
        }
    }
}

/// `pub`, `pub(crate)` or nothing.
fn visibility(input: &mut Input) -> TokenStream {
    if !input.at("pub") {
        return TokenStream::new();
    }
    let restricted = matches!(input.rest(), [_, TokenTree::Group(group), ..]
        if group.delimiter() == Delimiter::Parenthesis);
    let visibility = input.take(1 + usize::from(restricted)).collect();
    input.unwrap_group();
    visibility
}
