//! `#[shielded]`: the body of a function as what a shield holds.

mod args;
mod borrowed;
mod check;
mod expand;
mod future;
mod parameters;
mod shape;

use proc_macro::{Span, TokenStream, TokenTree};

use crate::errors::Errors;
use crate::item::Function;
use crate::tokens::code;
use args::Args;
use shape::Shape;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let args = Args::parse(arguments, &mut errors);

    let parsed = Function::parse(item.clone());
    match &parsed {
        Ok(function) => check::function(&args, function, &mut errors),
        Err(token) => errors.take(Err(check::not_a_function(token.as_ref()))),
    }
    match (errors.finish(), &parsed) {
        (Ok(()), Ok(function)) => match Shape::of(function) {
            Shape::Async => future::expand(&args, function),
            Shape::Boxed => expand::boxed(&args, function),
            Shape::Plain => expand::plain(&args, function),
        },
        // The item as it is, without shields: an editor goes on understanding it, and rustc has
        // nothing to add. A block or a closure would follow the error as a part of its expression.
        (Err(errors), Ok(function)) => {
            let attributes = function.attributes.iter();
            let attributes: Vec<_> = attributes.filter(|it| !it.is("shielded")).collect();
            let Function {
                visibility,
                signature,
                body,
                ..
            } = function;
            code!(Span::call_site()=> #errors #attributes #visibility #signature #body)
        }
        (Err(mut errors), Err(Some(TokenTree::Ident(_)))) => {
            errors.extend(item);
            errors
        }
        (errors, _) => errors.err().unwrap_or_default(),
    }
}
