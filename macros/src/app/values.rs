//! The values of the arguments of `#[app]`.

use std::time::Duration;

use proc_macro::{Ident, Span};

use crate::errors::{Result, mistake};
use crate::grammar;
use crate::input::Input;
use crate::values::{Path, is_number};
use crate::vocabulary;

/// `deadline = "25s"`, or the `run = "10s"` of `timeout(…)`.
pub(crate) struct Limit {
    pub(crate) key: Ident,
    pub(crate) length: Duration,
}

/// Nothing, for the function that has the phase's own name, or `= path::to::function`.
pub(super) fn phase(input: &mut Input, key: &Ident) -> Result<Path> {
    if input.at_parentheses() {
        let help = format!("to name another function write `{key} = path::to::function`");
        let problem = format!("`{key}` takes no argument list");
        return Err(mistake(key, &problem, &help));
    }
    if input.at("=") {
        return grammar::function(input, key);
    }
    Ok(key.clone().into())
}

/// Nothing: the word says all.
pub(super) fn flag(input: &mut Input, key: &Ident) -> Result {
    if input.is_empty() || input.at(",") {
        return Ok(());
    }
    let help = format!("write `{key}`, or leave it out");
    let problem = format!("`{key}` takes no value");
    Err(mistake(key, &problem, &help))
}

/// `= "10s"`
pub(super) fn limit(input: &mut Input, key: Ident, without: &str) -> Result<Limit> {
    let value = input.rest().get(1).filter(|_| input.at("="));
    if let Some(number) = value.filter(|value| is_number(value)) {
        let help = format!("write it with its unit: `{key} = \"{number}s\"`");
        let problem = "expected a duration, found a number";
        return Err(mistake(number, problem, &help));
    }
    let text = grammar::text(input, &key, "10s")?;
    let length = vocabulary::duration(&text)?;
    if length.is_zero() {
        let help = format!("leave `{key}` out {without}");
        return Err(mistake(&text, "this duration is zero", &help));
    }
    Ok(Limit { key, length })
}

/// `= 3`
pub(super) fn force_after(input: &mut Input, key: &Ident) -> Result<u8> {
    grammar::equals(input, key, "3")?;
    let help = "write which SIGINT ends the process at once, a number from 2 to 255";
    let (number, written) = grammar::number(input, help)?;
    match written.parse::<u8>() {
        Ok(count @ 2..) => Ok(count),
        Ok(1) => {
            let problem = "the first SIGINT asks for the shutdown, it cannot force it";
            let help = "count from the second: `force_after = 2`";
            Err(mistake(&number, problem, help))
        }
        _ => {
            let problem = format!("`{written}` is out of range");
            Err(mistake(&number, &problem, help))
        }
    }
}

/// `= "signal"`, `= "code"` or `= "success"`
pub(super) fn exit(input: &mut Input, key: &Ident) -> Result<Ident> {
    let text = grammar::text(input, key, "code")?;
    let variant = match &*text.value {
        "signal" => "Signal",
        "code" => "Code",
        "success" => "Success",
        _ => {
            let help = "write `\"signal\"` (to die of the signal, the default), `\"code\"` (to exit \
                        with 128 + its number) or `\"success\"` (to exit with 0)";
            let problem = format!("unknown exit {}", text.literal);
            return Err(mistake(&text, &problem, help));
        }
    };
    Ok(Ident::new(variant, Span::call_site()))
}
