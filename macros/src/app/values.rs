//! The values of the arguments of `#[app]`.

use std::time::Duration;

use proc_macro2::Ident;
use quote::format_ident;
use syn::parse::ParseStream;
use syn::{LitInt, Token, TypePath, token};

use crate::errors::mistake;
use crate::grammar::{self, unexpected};
use crate::vocabulary;

/// `deadline = "25s"`, or the `run = "10s"` of `timeout(…)`.
pub(crate) struct Limit {
    pub(crate) key: Ident,
    pub(crate) length: Duration,
}

/// Nothing, for the function that has the phase's own name, or `= path::to::function`.
pub(super) fn phase(input: ParseStream, key: &Ident) -> syn::Result<TypePath> {
    if input.peek(token::Paren) {
        let help = format!("to name another function write `{key} = path::to::function`");
        let problem = format!("`{key}` takes no argument list");
        return Err(mistake(key, problem, help));
    }
    if input.peek(Token![=]) {
        return grammar::function(input, key);
    }
    Ok(TypePath {
        attrs: Vec::new(),
        qself: None,
        path: key.clone().into(),
    })
}

/// `= "10s"`
pub(super) fn limit(input: ParseStream, key: Ident, without: &str) -> syn::Result<Limit> {
    if input.peek(Token![=]) && input.peek2(LitInt) {
        input.parse::<Token![=]>()?;
        let number: LitInt = input.fork().parse()?;
        let help = format!("write it with its unit: `{key} = \"{number}s\"`");
        return Err(unexpected(input, "a duration", help));
    }
    let text = grammar::text(input, &key, "10s")?;
    let length = vocabulary::duration(&text)?;
    if length.is_zero() {
        let help = format!("leave `{key}` out {without}");
        return Err(mistake(text, "this duration is zero", help));
    }
    Ok(Limit { key, length })
}

/// `= 3`
pub(super) fn force_after(input: ParseStream, key: &Ident) -> syn::Result<u8> {
    grammar::equals(input, key, "3")?;
    let help = "write which SIGINT ends the process at once, a number from 2 to 255";
    if !input.peek(LitInt) {
        return Err(unexpected(input, "a number", help));
    }
    let number: LitInt = input.parse()?;
    match number.base10_parse::<u8>() {
        Ok(count @ 2..) => Ok(count),
        Ok(1) => {
            let problem = "the first SIGINT asks for the shutdown, it cannot force it";
            let help = "count from the second: `force_after = 2`";
            Err(mistake(number, problem, help))
        }
        _ => {
            let problem = format!("`{number}` is out of range");
            Err(mistake(&number, problem, help))
        }
    }
}

/// `= "signal"`, `= "code"` or `= "success"`
pub(super) fn exit(input: ParseStream, key: &Ident) -> syn::Result<Ident> {
    let text = grammar::text(input, key, "code")?;
    match &*text.value() {
        "signal" => Ok(format_ident!("Signal")),
        "code" => Ok(format_ident!("Code")),
        "success" => Ok(format_ident!("Success")),
        _ => {
            let help = "write `\"signal\"` (to die of the signal, the default), `\"code\"` (to exit \
                        with 128 + its number) or `\"success\"` (to exit with 0)";
            let problem = format!("unknown exit {}", text.token());
            Err(mistake(&text, problem, help))
        }
    }
}
