//! `#[app]`: takes the arguments and `main`, and writes a `main` that is one call into the library.

mod args;
mod check;
mod components;
mod expand;
mod systemd;

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

/// The span of the tokens that the attribute adds. The user's code does not see their local names, and lints of rustc
/// and clippy treat them as not written by the user.
fn here() -> Span {
    Span::mixed_site()
}
