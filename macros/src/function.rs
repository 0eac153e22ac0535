//! The function that an attribute stands on. Its head is parsed; its body stays the tokens that were written. What is
//! never parsed cannot be misunderstood, and a mistake in it is for rustc to report, not for us.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{
    AttrStyle, Attribute, Error, Path, Result, ReturnType, Signature, Token, Type, Visibility,
    token,
};

use crate::arguments::next;
use crate::errors::Errors;

/// A function with or without a body.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Block(Block),
    /// `fn main();`
    Missing(Token![;]),
}

/// `{ #![allow(..)] .. }`
pub(crate) struct Block {
    braces: token::Brace,
    attributes: Vec<Attribute>,
    statements: TokenStream,
}

/// What stands where a function should.
pub(crate) enum Other {
    /// Another item, or an expression. The token, such as `struct`, shows what it is.
    Item(Option<TokenTree>),
    /// A function whose head is not understood. The words with which it begins, such as `async fn commit`.
    Unreadable { words: Vec<Ident>, error: Error },
}

impl Function {
    pub(crate) fn read(item: TokenStream) -> std::result::Result<Self, Other> {
        syn::parse2(item.clone()).map_err(|error| Other::of(item, error))
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.signature.ident
    }

    /// The type that is returned, where one is written.
    pub(crate) fn output(&self) -> Option<&Type> {
        match &self.signature.output {
            ReturnType::Type(_, ty) => Some(ty),
            ReturnType::Default => None,
        }
    }

    /// The braces of the user's, around `content`.
    pub(crate) fn braces(&self, content: TokenStream) -> Group {
        match &self.body {
            Body::Block(block) => braces(content, block.braces.span.join()),
            Body::Missing(semicolon) => braces(content, semicolon.span),
        }
    }

    /// The body without its inner attributes, which an inner block cannot have.
    pub(crate) fn statements(&self) -> Group {
        self.braces(match &self.body {
            Body::Block(block) => block.statements.clone(),
            Body::Missing(_) => TokenStream::new(),
        })
    }

    /// The attributes, and then those in the body: `#![allow(..)]` as `#[allow(..)]`.
    pub(crate) fn all_attributes(&self) -> Vec<Attribute> {
        let inner = match &self.body {
            Body::Block(block) => &*block.attributes,
            Body::Missing(_) => &[],
        };
        let lifted = inner.iter().cloned().map(|attribute| Attribute {
            style: AttrStyle::Outer,
            ..attribute
        });
        self.attributes.iter().cloned().chain(lifted).collect()
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> Result<Self> {
        Ok(Self {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl Body {
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Block(block) => block.attributes.is_empty() && block.statements.is_empty(),
            Self::Missing(_) => true,
        }
    }
}

impl Parse for Body {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(Token![;]) {
            return input.parse().map(Self::Missing);
        }
        let content;
        let braces = syn::braced!(content in input);
        Ok(Self::Block(Block {
            braces,
            attributes: content.call(Attribute::parse_inner)?,
            statements: content.parse()?,
        }))
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Block(block) => {
                let (attributes, statements) = (&block.attributes, &block.statements);
                let content = quote!(#(#attributes)* #statements);
                braces(content, block.braces.span.join()).to_tokens(tokens);
            }
            Self::Missing(semicolon) => semicolon.to_tokens(tokens),
        }
    }
}

fn braces(content: TokenStream, at: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, content);
    group.set_span(at);
    group
}

/// The places of the first and of the last token, where there are any: rustc shows all between them.
pub(crate) fn ends(tokens: impl ToTokens, otherwise: Span) -> (Span, Span) {
    let mut spans = tokens
        .into_token_stream()
        .into_iter()
        .map(|token| token.span());
    let first = spans.next().unwrap_or(otherwise);
    (first, spans.last().unwrap_or(first))
}

impl Other {
    fn of(item: TokenStream, error: Error) -> Self {
        let head = |input: ParseStream| {
            input.call(Attribute::parse_outer)?;
            input.parse::<Visibility>()?;
            let first = next(input);
            let rest = input.parse::<TokenStream>()?.into_iter();
            let words = rest.map_while(|token| match token {
                TokenTree::Ident(word) => Some(Some(word)),
                // The `"C"` of `extern "C"`.
                TokenTree::Literal(_) => Some(None),
                _ => None,
            });
            Ok((first, words.flatten().collect::<Vec<_>>()))
        };
        // `const`, `unsafe`, `async` and `extern` may begin another item, too.
        match head.parse2(item) {
            Ok((first, words)) if !words.iter().any(|word| word == "fn") => Self::Item(first),
            head => {
                let words = head.map(|(_, words)| words).unwrap_or_default();
                Self::Unreadable { words, error }
            }
        }
    }
}

/// A function whose head is not understood, with other content between its braces.
pub(crate) fn with_content(
    item: TokenStream,
    content: impl FnOnce(Group) -> TokenStream,
) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    if let Some(TokenTree::Group(body)) = tokens.last_mut() {
        let at = body.span();
        *body = braces(content(body.clone()), at);
    }
    tokens.into_iter().collect()
}

/// A function whose head is not understood, as `error` says, with the mistakes in its body. Where rustc does not
/// understand it either, it says so itself. Where it does, nothing must pass in silence.
pub(crate) fn unreadable(item: TokenStream, mut errors: Errors, error: &Error) -> TokenStream {
    let problem = format!("this function is not understood: {error}");
    let help = "write its head in the way of the Rust Reference, \"Functions\"";
    let message = format!("{problem}\n\nhelp: {help}");
    errors.push(Error::new(error.span(), message));
    if !matches!(item.clone().into_iter().last(), Some(TokenTree::Group(_))) {
        return errors.beside(item);
    }
    with_content(item, |body| errors.beside(body.stream()))
}

/// Whether the path's last word is this: `#[aplomb::app]` is `#[app]`.
pub(crate) fn ends_in(path: &Path, word: &str) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident.unraw() == word)
}

/// A path as it is written in messages.
pub(crate) fn written(path: &impl ToTokens) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}
