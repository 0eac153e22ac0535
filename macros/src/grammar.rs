//! What the arguments of both attributes are made of: lists that go on after a mistake, and the
//! values that stand in them.

use std::fmt::Display;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitInt, LitStr, Path, Token, TypePath, token};

use crate::errors::{Errors, mistake};

/// Reads `tokens` as a list separated by commas. A mistake ends its own element only.
pub(crate) fn list(
    tokens: TokenStream,
    errors: &mut Errors,
    mut element: impl FnMut(ParseStream, &mut Errors) -> syn::Result<()>,
) {
    let elements = |input: ParseStream| {
        while !input.is_empty() {
            let read = element(input, errors);
            if read.is_err() {
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<TokenTree>()?;
                }
            }
            errors.take(read);
            if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
                let help = "separate the arguments with commas";
                errors.add(next(input), "expected `,`", help);
                // A word is read as the next element, so that its own mistakes show, too.
                while !input.is_empty() && !input.peek(Ident::peek_any) {
                    input.parse::<TokenTree>()?;
                }
            }
        }
        Ok(())
    };
    let read = elements.parse2(tokens);
    errors.take(read);
}

/// The list in `(…)`, after the word `key`.
pub(crate) fn nested(
    input: ParseStream,
    key: &Ident,
    example: &str,
    errors: &mut Errors,
    element: impl FnMut(ParseStream, &mut Errors) -> syn::Result<()>,
) -> syn::Result<()> {
    let help = format!("write `{key}({example})`");
    if !input.peek(token::Paren) {
        let problem = format!("expected `(` after `{key}`");
        if input.is_empty() || input.peek(Token![,]) {
            return Err(mistake(key, problem, help));
        }
        return Err(mistake(next(input), problem, help));
    }
    let content: Group = input.parse()?;
    if content.stream().is_empty() {
        let help = format!("{help}, or leave it out");
        let problem = format!("`{key}` lists nothing");
        return Err(mistake(content, problem, help));
    }
    list(content.stream(), errors, element);
    Ok(())
}

/// The word with which an argument begins; it may be a keyword, or written as `r#word`.
pub(crate) fn word(input: ParseStream, wanted: &str, help: &str) -> syn::Result<Ident> {
    if input.peek(Ident::peek_any) {
        return Ok(input.call(Ident::parse_any)?.unraw());
    }
    let quoted = input
        .fork()
        .parse::<LitStr>()
        .and_then(|text| text.parse::<Ident>());
    let help = quoted.map_or(help.into(), |word| format!("remove the quotes: `{word}`"));
    Err(unexpected(input, wanted, help))
}

/// `= path::to::function`, after the word `key`.
pub(crate) fn function(input: ParseStream, key: &Ident) -> syn::Result<TypePath> {
    let (wanted, example) = ("a path to a function", "path::to::function");
    equals(input, key, example)?;
    if input.peek(Token![|]) || input.peek(Token![move]) {
        let closure = next(input);
        let _: Option<Token![move]> = input.parse()?;
        // Its parameters may be separated by commas, which end no argument.
        if input.parse::<Option<Token![|]>>()?.is_some() {
            while !input.is_empty() && input.parse::<Option<Token![|]>>()?.is_none() {
                input.parse::<TokenTree>()?;
            }
        }
        let help = format!("move it into a function and name that: `{key} = {example}`");
        let problem = format!("expected {wanted}, found a closure");
        return Err(mistake(closure, problem, help));
    }
    let path = path(input, key, wanted, example)?;
    if input.peek(token::Paren) {
        let problem = format!("expected {wanted}, found a call");
        return Err(mistake(next(input), problem, "remove the parentheses"));
    }
    Ok(path)
}

/// `= ::path::to::aplomb`, after the word `crate`.
pub(crate) fn library(input: ParseStream, key: &Ident) -> syn::Result<Path> {
    let example = "::path::to::aplomb";
    equals(input, key, example)?;
    Ok(path(input, key, "a path", example)?.path)
}

fn path(input: ParseStream, key: &Ident, wanted: &str, example: &str) -> syn::Result<TypePath> {
    if let Ok(text) = input.fork().parse::<LitStr>() {
        return Err(unexpected(
            input,
            wanted,
            format!("remove the quotes: `{key} = {}`", text.value()),
        ));
    }
    if input.peek(Ident::peek_any) || input.peek(Token![::]) || input.peek(Token![<]) {
        return input.parse();
    }
    Err(unexpected(
        input,
        wanted,
        format!("write `{key} = {example}`"),
    ))
}

/// `= "text"`, after the word `key`.
pub(crate) fn text(input: ParseStream, key: &Ident, example: &str) -> syn::Result<LitStr> {
    equals(input, key, &format!("\"{example}\""))?;
    if input.peek(LitStr) {
        return input.parse();
    }
    Err(unexpected(
        input,
        "a string",
        format!("write `{key} = \"{example}\"`"),
    ))
}

/// `=` and something, after the word `key`.
pub(crate) fn equals(input: ParseStream, key: &Ident, example: &str) -> syn::Result<()> {
    let there = input.parse::<Option<Token![=]>>()?.is_some();
    if there && !input.is_empty() && !input.peek(Token![,]) {
        return Ok(());
    }
    let help = format!("write `{key} = {example}`");
    Err(mistake(key, format!("`{key}` needs a value"), help))
}

pub(crate) fn unexpected(input: ParseStream, wanted: &str, help: impl Display) -> syn::Error {
    let next = next(input);
    let found = if input.peek(LitStr) {
        "a string".into()
    } else if input.peek(LitInt) {
        "a number".into()
    } else {
        format!("`{next}`")
    };
    mistake(next, format!("expected {wanted}, found {found}"), help)
}

/// The token that comes next; nothing at the end.
fn next(input: ParseStream) -> TokenStream {
    input
        .fork()
        .parse::<TokenTree>()
        .map(ToTokens::into_token_stream)
        .unwrap_or_default()
}
