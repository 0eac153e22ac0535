//! The function that an attribute stands on. It stays tokens: what is never parsed cannot be
//! misunderstood, and a body with a syntax error is for rustc to report, not for us.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Token, Visibility};

/// A function, cut into its parts.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// `const`, `async`, `unsafe`, `extern "C"`: those that are there.
    pub(crate) qualifiers: Vec<TokenTree>,
    pub(crate) name: Ident,
    pub(crate) generics: TokenStream,
    pub(crate) parameters: Group,
    /// The type behind `->`.
    pub(crate) output: TokenStream,
    pub(crate) where_clause: TokenStream,
    /// All between the visibility and the body, as it was written.
    pub(crate) signature: TokenStream,
    pub(crate) body: Body,
}

pub(crate) struct Attribute {
    /// The path's segments: `["tokio", "main"]`.
    pub(crate) path: Vec<String>,
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
        let parse = |input: ParseStream| {
            let function = Self::parse_parts(input).map_err(|_| input.fork().parse().ok());
            input.parse::<TokenStream>()?;
            Ok(function)
        };
        parse.parse2(item).unwrap_or(Err(None))
    }

    fn parse_parts(input: ParseStream) -> syn::Result<Self> {
        let mut attributes = Vec::new();
        while input.peek(Token![#]) {
            attributes.push(Attribute::parse(input)?);
        }
        let visibility = input.parse()?;

        // Looks for `fn` first: `const`, `unsafe` and `async` may begin something else, too, and
        // are then the token to show.
        let ahead = input.fork();
        let mut qualifiers: Vec<TokenTree> = Vec::new();
        while !ahead.peek(Token![fn]) {
            qualifiers.push(ahead.call(Ident::parse_any)?.into());
            qualifiers.extend(
                ahead
                    .parse::<Option<proc_macro2::Literal>>()?
                    .map(TokenTree::from),
            );
        }
        for _ in &qualifiers {
            input.parse::<TokenTree>()?;
        }

        let keyword: Token![fn] = input.parse()?;
        let name = input.call(Ident::parse_any)?;
        let generics = generics(input)?;
        let parameters = input.parse()?;
        let arrow: Option<Token![->]> = input.parse()?;
        let output = up_to_body(input, |input| input.peek(Token![where]))?;
        let where_clause = up_to_body(input, |_| false)?;
        let signature = quote! {
            #(#qualifiers)* #keyword #name #generics #parameters #arrow #output #where_clause
        };
        let body = Body::new(input.parse()?);
        Ok(Self {
            attributes,
            visibility,
            qualifiers,
            name,
            generics,
            parameters,
            output,
            where_clause,
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
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let (pound, content): (Token![#], Group) = (input.parse()?, input.parse()?);
        let mut path = Vec::new();
        for token in flat(content.stream()) {
            match token {
                TokenTree::Ident(segment) => path.push(segment.unraw().to_string()),
                TokenTree::Punct(colon) if colon.as_char() == ':' => {}
                _ => break,
            }
        }
        Ok(Self {
            path,
            tokens: quote!(#pound #content),
        })
    }

    /// Whether the path ends so: `#[aplomb::app]` is `#[app]`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.path.last().is_some_and(|last| last == name)
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

impl Body {
    fn new(last: TokenTree) -> Self {
        match last {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Self::Block(group),
            // A `$body:block` of a `macro_rules!` comes in a group without delimiters.
            TokenTree::Group(group) => match group.stream().into_iter().next() {
                Some(inner) => Self::new(inner),
                None => Self::Missing(group.into()),
            },
            other => Self::Missing(other),
        }
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Block(block) => block.to_tokens(tokens),
            Self::Missing(semicolon) => semicolon.to_tokens(tokens),
        }
    }
}

/// The tokens, with what a `macro_rules!` passed on as one group taken out of that group.
pub(crate) fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let peel = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => flat(group.stream()),
        token => vec![token],
    };
    tokens.into_iter().flat_map(peel).collect()
}

/// `<…>`, as tokens: to parse what is in it may take a parser for expressions.
fn generics(input: ParseStream) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let mut depth = 0_usize;
    while depth > 0 || input.peek(Token![<]) {
        if let Some(arrow) = input.parse::<Option<Token![->]>>()? {
            arrow.to_tokens(&mut tokens); // Its `>` closes nothing.
            continue;
        }
        depth += usize::from(input.peek(Token![<]));
        depth -= usize::from(input.peek(Token![>]));
        input.parse::<TokenTree>()?.to_tokens(&mut tokens);
    }
    Ok(tokens)
}

/// The tokens before the body, which is always the last token tree of a function.
fn up_to_body(input: ParseStream, ends: impl Fn(ParseStream) -> bool) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let last = || {
        input
            .cursor()
            .token_tree()
            .is_none_or(|(_, rest)| rest.eof())
    };
    while !last() && !ends(input) {
        input.parse::<TokenTree>()?.to_tokens(&mut tokens);
    }
    Ok(tokens)
}
