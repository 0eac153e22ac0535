//! `#[app]`: arguments and `main` in, one call out.

mod args;
mod check;
mod components;
mod expand;

use proc_macro2::{Span, TokenStream};

use crate::errors::Errors;
use crate::function::{self, Function, Other};
use args::Args;

pub(crate) use check::{SHIELD_THE_REST, SHIELDED_MAIN};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let args = Args::parse(arguments, &mut errors);
    check::combination(&args, &mut errors);

    let main = match Function::read(item.clone()) {
        Ok(function) => function,
        Err(Other::Item(token)) => {
            errors.push(check::not_a_function(token.as_ref()));
            return errors.beside(item);
        }
        Err(Other::Unreadable { error, .. }) => {
            return function::unreadable(item, &args.hints, errors, &error);
        }
    };
    check::main(&main, &mut errors);
    check::executor(&args, &main, &mut errors);

    match errors.finish() {
        Ok(()) => expand::main(&args, &main),
        Err(errors) => expand::fallback(&args, &main, &errors),
    }
}

/// Where generated tokens come from: names that are neither visible to the user nor, as rustc
/// and clippy see it, written by the user.
fn here() -> Span {
    Span::mixed_site()
}
