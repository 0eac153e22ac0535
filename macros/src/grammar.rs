//! What the arguments of both attributes are made of: lists that go on after a mistake, and the
//! values that stand in them.

use proc_macro::{Ident, TokenStream, TokenTree};

use crate::errors::{Errors, Mistake, Result, mistake};
use crate::input::{Input, flat};
use crate::values::{Path, Text, is_number};
use crate::vocabulary::has;

/// Reads `tokens` as a list separated by commas. A mistake ends its own element only.
pub(crate) fn list(
    tokens: TokenStream,
    errors: &mut Errors,
    mut element: impl FnMut(&mut Input, &mut Errors) -> Result,
) {
    let mut input = Input::new(flat(tokens));
    while !input.is_empty() {
        let read = element(&mut input, errors);
        if read.is_err() {
            while !input.is_empty() && !input.at(",") {
                input.next();
            }
        }
        errors.take(read);
        if !input.is_empty() && input.accept(",").is_none() {
            let help = "separate the arguments with commas";
            errors.add(&input.first(), "expected `,`", help);
            // A word is read as the next element, so that its own mistakes show, too.
            while !input.is_empty() && !input.at_word() {
                input.next();
            }
        }
    }
}

/// The list in `(…)`, after the word `key`.
pub(crate) fn nested(
    input: &mut Input,
    key: &Ident,
    example: &str,
    errors: &mut Errors,
    element: impl FnMut(&mut Input, &mut Errors) -> Result,
) -> Result {
    let help = format!("write `{key}({example})`");
    if !input.at_parentheses() {
        let problem = format!("expected `(` after `{key}`");
        if input.is_empty() || input.at(",") {
            return Err(mistake(key, &problem, &help));
        }
        return Err(mistake(&input.first(), &problem, &help));
    }
    if let Some(TokenTree::Group(content)) = input.next() {
        if content.stream().is_empty() {
            let help = format!("{help}, or leave it out");
            let problem = format!("`{key}` lists nothing");
            return Err(mistake(&content, &problem, &help));
        }
        list(content.stream(), errors, element);
    }
    Ok(())
}

/// The word with which an argument begins; it may be a keyword, or written as `r#word`.
pub(crate) fn word(input: &mut Input, wanted: &str, help: &str) -> Result<Ident> {
    if let Some(word) = input.accept_word() {
        let written = word.to_string();
        let plain = written.strip_prefix("r#");
        return Ok(plain.map_or(word.clone(), |plain| Ident::new(plain, word.span())));
    }
    let quoted = input.first().and_then(Text::of);
    let quoted = quoted.filter(|text| is_word(&text.value));
    match quoted {
        Some(Text { value, .. }) => {
            let help = format!("remove the quotes: `{value}`");
            Err(unexpected(input, wanted, &help))
        }
        None => Err(unexpected(input, wanted, help)),
    }
}

fn is_word(text: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    text.starts_with(|first| letter(first) && !first.is_numeric()) && text.chars().all(letter)
}

/// `= path::to::function`, after the word `key`.
pub(crate) fn function(input: &mut Input, key: &Ident) -> Result<Path> {
    let (wanted, example) = ("a path to a function", "path::to::function");
    equals(input, key, example)?;
    if input.at("|") || input.at("move") {
        let closure = input.first().cloned();
        if input.at("move") {
            input.next();
        }
        // Its parameters may be separated by commas, which end no argument.
        if input.accept("|").is_some() {
            while !input.is_empty() && input.accept("|").is_none() {
                input.next();
            }
        }
        let help = format!("move it into a function and name that: `{key} = {example}`");
        let problem = format!("expected {wanted}, found a closure");
        return Err(mistake(&closure, &problem, &help));
    }
    let path = path(input, key, wanted, example)?;
    if input.at_parentheses() {
        let problem = format!("expected {wanted}, found a call");
        return Err(mistake(&input.first(), &problem, "remove the parentheses"));
    }
    Ok(path)
}

/// `= ::path::to::aplomb`, after the word `crate`.
pub(crate) fn library(input: &mut Input, key: &Ident) -> Result<Path> {
    let example = "::path::to::aplomb";
    equals(input, key, example)?;
    path(input, key, "a path", example)
}

fn path(input: &mut Input, key: &Ident, wanted: &str, example: &str) -> Result<Path> {
    if let Some(text) = input.first().and_then(Text::of) {
        let help = format!("remove the quotes: `{key} = {}`", text.value);
        return Err(unexpected(input, wanted, &help));
    }
    let help = format!("write `{key} = {example}`");
    let at_name = input.at_word() && !input.first().is_some_and(is_keyword);
    if !at_name && !input.at("::") && !input.at("<") {
        return Err(unexpected(input, wanted, &help));
    }
    whole_path(input, &help)
}

/// Whether this is a word with which no path can begin, but another expression does.
fn is_keyword(token: &TokenTree) -> bool {
    const KEYWORDS: &str = "async const fn if loop match static true false unsafe while for";
    has(KEYWORDS, &token.to_string())
}

/// A path, which has begun.
pub(crate) fn whole_path(input: &mut Input, help: &str) -> Result<Path> {
    let first = input.first().cloned();
    Path::read(input).ok_or_else(|| mistake(&first, "this path is not complete", help))
}

/// `= "text"`, after the word `key`.
pub(crate) fn text(input: &mut Input, key: &Ident, example: &str) -> Result<Text> {
    equals(input, key, &format!("\"{example}\""))?;
    if let Some(text) = input.first().and_then(Text::of) {
        input.next();
        return Ok(text);
    }
    let help = format!("write `{key} = \"{example}\"`");
    Err(unexpected(input, "a string", &help))
}

/// A number, with a sign if it has one: its tokens, and how it is written.
pub(crate) fn number(input: &mut Input, help: &str) -> Result<(Vec<TokenTree>, String)> {
    let sign = input.accept("-");
    if !input.first().is_some_and(is_number) {
        return Err(unexpected(input, "a number", help));
    }
    let number: Vec<_> = sign.into_iter().flatten().chain(input.next()).collect();
    let written = number.iter().map(ToString::to_string).collect();
    Ok((number, written))
}

/// `=` and something, after the word `key`.
pub(crate) fn equals(input: &mut Input, key: &Ident, example: &str) -> Result {
    let there = input.accept("=").is_some();
    if there && !input.is_empty() && !input.at(",") {
        return Ok(());
    }
    let help = format!("write `{key} = {example}`");
    Err(mistake(key, &format!("`{key}` needs a value"), &help))
}

pub(crate) fn unexpected(input: &Input, wanted: &str, help: &str) -> Mistake {
    let next = input.first();
    let found = match next {
        Some(token) if Text::of(token).is_some() => "a string".into(),
        Some(token) if is_number(token) => "a number".into(),
        Some(token) => format!("`{token}`"),
        None => "nothing".into(),
    };
    mistake(&next, &format!("expected {wanted}, found {found}"), help)
}
