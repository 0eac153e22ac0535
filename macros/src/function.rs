//! The function that an attribute stands on.
//!
//! Its head is parsed: attributes, visibility and signature. Its body stays the tokens that were written. So new syntax
//! in a body works, though this crate does not know it, and mistakes in a body are reported by rustc.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{
    AttrStyle, Attribute, Error, Path, Result, ReturnType, Signature, Token, Type, Visibility,
};

use crate::arguments::next;
use crate::errors::Errors;

/// A function with or without a body.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// The semicolon in the place of a body, as in `fn main();`.
    pub(crate) semicolon: Option<Token![;]>,
    /// The attributes at the beginning of the body, such as `#![allow(..)]`.
    inner_attributes: Vec<Attribute>,
    statements: TokenStream,
    /// Where the braces of the body are, or the semicolon.
    place: Span,
}

/// What stands where a function should.
pub(crate) enum Other {
    /// Another item, or an expression. Its first token, such as `struct`, shows which.
    Item(Option<TokenTree>),
    /// A function whose head is not understood. `words` are those with which it begins, such as `async fn commit`.
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

    /// The body as it was written, or the semicolon.
    pub(crate) fn body(&self) -> TokenStream {
        self.body_after(&TokenStream::new())
    }

    /// The body with `first` before its statements, or the semicolon.
    pub(crate) fn body_after(&self, first: &TokenStream) -> TokenStream {
        let (attributes, statements) = (&self.inner_attributes, &self.statements);
        let block = self.braces(quote!(#(#attributes)* #first #statements));
        self.semicolon
            .map_or_else(|| block.into_token_stream(), ToTokens::into_token_stream)
    }

    /// The body without its inner attributes: only a function's body can have these, and not a block in it.
    pub(crate) fn statements(&self) -> Group {
        self.braces(self.statements.clone())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.inner_attributes.is_empty() && self.statements.is_empty()
    }

    /// Braces around `content`, where the user's braces are.
    pub(crate) fn braces(&self, content: TokenStream) -> Group {
        braces(content, self.place)
    }

    /// The attributes above the function, and then those in its body: `#![allow(..)]` becomes `#[allow(..)]`.
    pub(crate) fn all_attributes(&self) -> Vec<Attribute> {
        let mut all = self.attributes.clone();
        all.extend(
            self.inner_attributes
                .iter()
                .cloned()
                .map(|attribute| Attribute {
                    style: AttrStyle::Outer,
                    ..attribute
                }),
        );
        all
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut function = Self {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            semicolon: input.parse()?,
            inner_attributes: Vec::new(),
            statements: TokenStream::new(),
            place: input.span(),
        };
        if let Some(semicolon) = function.semicolon {
            function.place = semicolon.span;
            return Ok(function);
        }
        let content;
        function.place = syn::braced!(content in input).span.join();
        function.inner_attributes = content.call(Attribute::parse_inner)?;
        function.statements = content.parse()?;
        Ok(function)
    }
}

fn braces(content: TokenStream, at: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, content);
    group.set_span(at);
    group
}

/// The spans of the first and of the last token, or `otherwise` if there are none. What rustc shows of an expression
/// goes from its first token to its last one.
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
        // The first word does not tell: `const`, `unsafe`, `async` and `extern` begin functions and other items.
        match head.parse2(item) {
            Ok((first, words)) if !words.iter().any(|word| word == "fn") => Self::Item(first),
            head => {
                let words = head.map(|(_, words)| words).unwrap_or_default();
                Self::Unreadable { words, error }
            }
        }
    }
}

/// A function whose head is not understood, as it is, but with other `content` between its braces.
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

/// A function whose head is not understood, as `error` says, with the mistakes in its body.
///
/// If rustc does not understand the head either, rustc says so, and does not look at the body. If rustc does understand
/// it, which is newer syntax then, the mistakes in the body are shown.
pub(crate) fn unreadable(
    item: TokenStream,
    hints: &TokenStream,
    mut errors: Errors,
    error: &Error,
) -> TokenStream {
    let problem = format!("this function is not understood: {error}");
    let help = "write its head in the way of the Rust Reference, \"Functions\"";
    let message = format!("{problem}\n\nhelp: {help}");
    errors.push(Error::new(error.span(), message));
    if !matches!(item.clone().into_iter().last(), Some(TokenTree::Group(_))) {
        return errors.beside(item);
    }
    with_content(item, |body| {
        let content = errors.beside(body.stream());
        quote!(#hints #content)
    })
}

/// Whether the last word of the path is `word`: `#[aplomb::app]` is `#[app]`, too.
pub(crate) fn ends_in(path: &Path, word: &str) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident.unraw() == word)
}

/// The text of a path for messages, without spaces.
pub(crate) fn written(path: &impl ToTokens) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}
