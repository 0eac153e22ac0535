//! The arguments of `#[shielded]`.

use proc_macro::{Ident, Literal, TokenStream};

use crate::errors::{Errors, Result, mistake};
use crate::grammar;
use crate::input::Input;
use crate::values::{Path, Text};

#[derive(Default)]
pub(super) struct Args {
    keys: Vec<String>,
    pub(super) name: Option<Literal>,
    /// The word itself, where it is there.
    pub(super) inline: Option<Ident>,
    pub(super) library: Option<Path>,
}

impl Args {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        grammar::list(tokens, errors, |input, _| args.argument(input));
        args
    }

    fn argument(&mut self, input: &mut Input) -> Result {
        if let Some(name) = input.first().and_then(Text::of) {
            let help = format!("write `name = {}`", name.literal);
            return Err(mistake(&name, "expected an option, found a string", &help));
        }
        let key = grammar::word(input, "an option", "write `name = \"commit\"`")?;
        let written = key.to_string();
        if self.keys.contains(&written) {
            let help = "remove one of the two";
            return Err(mistake(&key, &format!("duplicate `{key}`"), help));
        }
        self.keys.push(written.clone());
        match &*written {
            "name" => {
                let name = grammar::text(input, &key, "commit")?;
                if name.value.trim().is_empty() {
                    let help = "leave it out for the name of the function";
                    return Err(mistake(&name, "this name is empty", help));
                }
                self.name = Some(name.literal);
            }
            "crate" => self.library = Some(grammar::library(input, &key)?),
            "inline" => self.inline = Some(key),
            other => {
                let help = if other.starts_with("SIG") {
                    "write `#[shielded]`; the signals are set once, on `#[app]`"
                } else {
                    "the options are `inline`, `name = \"..\"` and `crate = path`"
                };
                let problem = format!("unknown argument `{key}`");
                return Err(mistake(&key, &problem, help));
            }
        }
        Ok(())
    }
}
