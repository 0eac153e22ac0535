//! What the arguments of both attributes are made of: lists, and the words, paths, texts and numbers in them. The
//! reading goes on after a mistake, so that one mistake does not hide others.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, ExprPath, LitInt, LitStr, PathSegment, Result, Token, token};

use crate::errors::{Errors, mistake};

/// The words of the phases, in the order in which the phases run.
pub(crate) const PHASES: &str = "start run stop";

/// Reads `tokens` as a list separated by commas, and calls `element` at the beginning of each element. A mistake ends
/// its own element only: reading goes on behind the next comma.
pub(crate) fn list(
    tokens: TokenStream,
    errors: &mut Errors,
    mut element: impl FnMut(ParseStream, &mut Errors) -> Result<()>,
) {
    let elements = |input: ParseStream| {
        while !input.is_empty() {
            let read = element(input, errors);
            if read.is_err() {
                skip_until(input, |input| input.peek(Token![,]))?;
            }
            errors.take(read);
            if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
                let help = "separate the arguments with commas";
                errors.add(next(input), "expected `,`", help);
                // Most likely the comma is missing before a word. That word is read as the next element, for its own
                // mistakes.
                skip_until(input, |input| input.peek(Ident::peek_any))?;
            }
        }
        Ok(())
    };
    let read = elements.parse2(tokens);
    errors.take(read);
}

fn skip_until(input: ParseStream, end: impl Fn(ParseStream) -> bool) -> Result<()> {
    while !input.is_empty() && !end(input) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// The list in `(…)`, after the word `key`.
pub(crate) fn nested(
    input: ParseStream,
    key: &Ident,
    example: &str,
    errors: &mut Errors,
    element: impl FnMut(ParseStream, &mut Errors) -> Result<()>,
) -> Result<()> {
    let help = format!("write `{key}({example})`");
    if !input.peek(token::Paren) {
        let problem = format!("expected `(` after `{key}`");
        if at_end(input) {
            return Err(mistake(key, &problem, &help));
        }
        return Err(mistake(next(input), &problem, &help));
    }
    let list = next(input);
    let content;
    syn::parenthesized!(content in input);
    if content.is_empty() {
        let help = format!("{help}, or leave it out");
        let problem = format!("`{key}` lists nothing");
        return Err(mistake(list, &problem, &help));
    }
    self::list(content.parse()?, errors, element);
    Ok(())
}

/// Refuses a value behind the word `key`, which has none.
pub(crate) fn flag(input: ParseStream, key: &Ident) -> Result<()> {
    if at_end(input) {
        return Ok(());
    }
    let help = format!("write `{key}`, or leave it out");
    Err(mistake(key, &format!("`{key}` takes no value"), &help))
}

/// Whether the argument ends here.
pub(crate) fn at_end(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// The token that comes next, which stays in the input.
pub(crate) fn next(input: ParseStream) -> Option<TokenTree> {
    input.cursor().token_tree().map(|(token, _)| token)
}

/// The word with which an argument begins. A keyword is one as well, and so is `r#word`, which is read as `word`.
pub(crate) fn word(input: ParseStream, wanted: &str, help: &str) -> Result<Ident> {
    if input.peek(Ident::peek_any) {
        return Ok(input.call(Ident::parse_any)?.unraw());
    }
    let quoted = quoted(input).map(|text| text.value());
    match quoted.filter(|text| is_word(text)) {
        Some(word) => {
            let help = format!("remove the quotes: `{word}`");
            Err(unexpected(input, wanted, &help))
        }
        None => Err(unexpected(input, wanted, help)),
    }
}

fn is_word(text: &str) -> bool {
    (|input: ParseStream| input.call(Ident::parse_any))
        .parse_str(text)
        .is_ok()
}

/// The string that comes next, if one does, which stays in the input.
pub(crate) fn quoted(input: ParseStream) -> Option<LitStr> {
    input.fork().parse().ok()
}

/// `= path::to::function`, after the word `key`.
pub(crate) fn function(input: ParseStream, key: &Ident) -> Result<ExprPath> {
    let (wanted, example) = ("a path to a function", "path::to::function");
    equals(input, key, example)?;
    if input.peek(Token![|]) || input.peek(Token![||]) || input.peek(Token![move]) {
        let closure = next(input);
        // The closure is read to its end, since the commas between its parameters do not end this argument.
        drop(input.parse::<Expr>());
        let help = format!("move it into a function and name that: `{key} = {example}`");
        let problem = format!("expected {wanted}, found a closure");
        return Err(mistake(closure, &problem, &help));
    }
    let path = value_path(input, key, wanted, example)?;
    if input.peek(token::Paren) {
        let problem = format!("expected {wanted}, found a call");
        return Err(mistake(next(input), &problem, "remove the parentheses"));
    }
    Ok(path)
}

/// `= ::path::to::aplomb`, after the word `crate`.
pub(crate) fn library(input: ParseStream, key: &Ident) -> Result<ExprPath> {
    let example = "::path::to::aplomb";
    equals(input, key, example)?;
    let path = value_path(input, key, "a path", example)?;
    // The expansion imports from there, so it has to be a module.
    let is_word = |part: &PathSegment| part.arguments.is_none() && part.ident != "Self";
    if path.qself.is_some() || !path.path.segments.iter().all(is_word) {
        let help = format!("write `{key} = {example}`");
        return Err(mistake(
            path,
            "expected the path of a module, found a type",
            &help,
        ));
    }
    Ok(path)
}

/// The path to the library: `named`, from the argument `crate`, or `::aplomb`. What rustc shows of a call begins with
/// the call's first token. So the first token of `::aplomb` has the span `at`. A path that the user has written keeps
/// its spans.
pub(crate) fn library_at(named: Option<&ExprPath>, at: Span) -> TokenStream {
    let named = named.map(ToTokens::to_token_stream);
    named.unwrap_or_else(|| {
        let root = quote_spanned!(at=> ::);
        quote_spanned!(Span::mixed_site()=> #root aplomb)
    })
}

fn value_path(input: ParseStream, key: &Ident, wanted: &str, example: &str) -> Result<ExprPath> {
    if let Some(text) = quoted(input) {
        let help = format!("remove the quotes: `{key} = {}`", text.value());
        return Err(unexpected(input, wanted, &help));
    }
    let help = format!("write `{key} = {example}`");
    if !at_path(input) {
        return Err(unexpected(input, wanted, &help));
    }
    path(input, &help)
}

/// Whether a path begins here: with a word that is no keyword, with one of the keywords that a path may begin with, or
/// with `<`.
///
/// `peek` also looks into an invisible group, in which a `macro_rules!` passes on a `$path`. The tokens themselves
/// would show the group.
pub(crate) fn at_path(input: ParseStream) -> bool {
    let at_word = input.peek(syn::Ident) || input.peek(Token![Self]) || input.peek(Token![self]);
    let at_root = input.peek(Token![crate]) || input.peek(Token![super]) || input.peek(Token![::]);
    at_word || at_root || input.peek(Token![<])
}

/// A path, where `at_path` says that one begins.
pub(crate) fn path(input: ParseStream, help: &str) -> Result<ExprPath> {
    let first = next(input);
    let path = input.parse();
    path.map_err(|_| mistake(first, "this path is not complete", help))
}

/// The last word of a path.
pub(crate) fn last_word(path: &ExprPath) -> Option<&Ident> {
    path.path.segments.last().map(|last| &last.ident)
}

/// `= "text"`, after the word `key`.
pub(crate) fn text(input: ParseStream, key: &Ident, example: &str) -> Result<LitStr> {
    equals(input, key, &format!("\"{example}\""))?;
    if input.peek(LitStr) {
        return input.parse();
    }
    let help = format!("write `{key} = \"{example}\"`");
    Err(unexpected(input, "a string", &help))
}

/// A number, with a sign if it has one: its tokens, and its value. There is no value below zero, or above 65,535, since
/// no argument allows one.
pub(crate) fn number(input: ParseStream, help: &str) -> Result<(TokenStream, Option<u16>)> {
    let sign: Option<Token![-]> = input.parse()?;
    if !input.peek(LitInt) {
        return Err(unexpected(input, "a number", help));
    }
    let number: LitInt = input.parse()?;
    let value = number.base10_parse().ok().filter(|_| sign.is_none());
    Ok((quote!(#sign #number), value))
}

/// `=` and something, after the word `key`.
pub(crate) fn equals(input: ParseStream, key: &Ident, example: &str) -> Result<()> {
    let there = input.parse::<Option<Token![=]>>()?.is_some();
    if there && !at_end(input) {
        return Ok(());
    }
    let help = format!("write `{key} = {example}`");
    Err(mistake(key, &format!("`{key}` needs a value"), &help))
}

pub(crate) fn unexpected(input: ParseStream, wanted: &str, help: &str) -> Error {
    let next = next(input);
    let found = match &next {
        Some(_) if quoted(input).is_some() => "a string".into(),
        Some(_) if input.peek(LitInt) => "a number".into(),
        Some(token) => format!("`{token}`"),
        None => "nothing".into(),
    };
    mistake(
        next.to_token_stream(),
        &format!("expected {wanted}, found {found}"),
        help,
    )
}

/// Notes that `word` was written; a second time is a mistake.
pub(crate) fn once(seen: &mut Vec<Ident>, word: &Ident, help: &str) -> Result<()> {
    if seen.contains(word) {
        return Err(mistake(word, &format!("duplicate `{word}`"), help));
    }
    seen.push(word.clone());
    Ok(())
}

/// The function of a phase, after the word `key`: `= path::to::function`, or nothing, for the function that has the
/// phase's own name.
pub(crate) fn phase(input: ParseStream, key: &Ident) -> Result<ExprPath> {
    if input.peek(token::Paren) {
        let help = format!("to name another function write `{key} = path::to::function`");
        let problem = format!("`{key}` takes no argument list");
        return Err(mistake(key, &problem, &help));
    }
    if input.peek(Token![=]) {
        return function(input, key);
    }
    Ok(ExprPath {
        attrs: Vec::new(),
        qself: None,
        path: key.clone().into(),
    })
}

/// `start`, `run` or `stop`.
pub(crate) fn phase_word(input: ParseStream, help: &str) -> Result<Ident> {
    let word = word(input, "a phase", help)?;
    if has(PHASES, &word.to_string()) {
        return Ok(word);
    }
    let problem = format!("unknown phase `{word}`");
    Err(mistake(
        word,
        &problem,
        "the phases are `start`, `run`, `stop`",
    ))
}

pub(crate) fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// The word of the list that `word` was most likely meant to be, if no more than a third of its letters are wrong.
fn nearest<'a>(word: &str, list: &'a str) -> Option<&'a str> {
    let known = list
        .split_whitespace()
        .map(|known| (distance(word, known), known));
    let (distance, known) = known.min()?;
    (distance <= known.len().div_ceil(3)).then_some(known)
}

/// The help for a word that is none of the list: the one that it was most likely meant to be, or `otherwise`.
pub(crate) fn meant(word: &str, list: &str, otherwise: &str) -> String {
    nearest(word, list).map_or(otherwise.into(), |known| format!("did you mean `{known}`?"))
}

/// The mistake of a text that is none of these words, as [`meant`] says. `what` is what the words are.
pub(crate) fn unknown_text(text: &LitStr, what: &str, list: &str, otherwise: &str) -> Error {
    let known = nearest(&text.value(), list).map(|known| format!("did you mean `\"{known}\"`?"));
    let help = known.unwrap_or(otherwise.into());
    mistake(text, &format!("unknown {what} {}", text.token()), &help)
}

/// The Levenshtein distance: how many letters must be added, removed or replaced to make `to` out of `from`.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, ours) in from.chars().enumerate() {
        let mut left = line + 1;
        let mut next = vec![left];
        for (theirs, above) in to.chars().zip(row.windows(2)) {
            let [diagonal, up] = above else { continue };
            left = (diagonal + usize::from(ours != theirs))
                .min(up + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
