//! The arguments of `#[shielded]`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::ParseStream;
use syn::{ExprPath, LitStr, Result};

use crate::arguments::{flag, library, list, once, quoted, text, word};
use crate::editor;
use crate::errors::{Errors, mistake};

#[derive(Default)]
pub(super) struct Args {
    keys: Vec<Ident>,
    pub(super) name: Option<LitStr>,
    /// The word `inline`, if the user has written it.
    pub(super) inline: Option<Ident>,
    pub(super) library: Option<ExprPath>,
    /// The hints for editors, see `editor`.
    pub(super) hints: TokenStream,
}

impl Args {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        list(tokens.clone(), errors, |input, _| args.argument(input));
        args.hints = editor::shielded(tokens, args.library.as_ref());
        args
    }

    fn argument(&mut self, input: ParseStream) -> Result<()> {
        if let Some(name) = quoted(input) {
            let help = format!("write `name = {}`", name.token());
            return Err(mistake(name, "expected an option, found a string", &help));
        }
        let key = word(input, "an option", "write `name = \"commit\"`")?;
        once(&mut self.keys, &key, "remove one of the two")?;
        match &*key.to_string() {
            "name" => {
                let name = text(input, &key, "commit")?;
                if name.value().trim().is_empty() {
                    let help = "leave it out for the name of the function";
                    return Err(mistake(name, "this name is empty", help));
                }
                self.name = Some(name);
            }
            "crate" => self.library = Some(library(input, &key)?),
            "inline" => {
                flag(input, &key)?;
                self.inline = Some(key);
            }
            other => {
                let help = if other.starts_with("SIG") {
                    "write `#[shielded]`; the signals are set once, on `#[app]`"
                } else {
                    "the options are `inline`, `name = \"..\"` and `crate = path`"
                };
                let problem = format!("unknown argument `{key}`");
                return Err(mistake(key, &problem, help));
            }
        }
        Ok(())
    }
}
