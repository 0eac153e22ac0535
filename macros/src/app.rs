//! `#[app]`: arguments and `main` in, one call out.

mod args;
mod check;
mod components;
mod executor;
mod expand;
mod stacked;
mod values;

use proc_macro::TokenStream;

use crate::errors::Errors;
use crate::item::Function;
use args::Args;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let args = Args::parse(arguments, &mut errors);
    check::combination(&args, &mut errors);

    let main = match Function::parse(item.clone()) {
        Ok(function) => function,
        Err(token) => {
            errors.take(Err(check::not_a_function(token.as_ref())));
            let mut tokens = errors.finish().err().unwrap_or_default();
            tokens.extend(item);
            return tokens;
        }
    };
    check::main(&main, &mut errors);
    check::executor(&args, &main, &mut errors);

    match errors.finish() {
        Ok(()) => expand::main(&args, &main),
        Err(errors) => expand::fallback(&args, &main, &errors),
    }
}
