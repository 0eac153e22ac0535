//! The mistakes in a function that is to be shielded.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Error, FnArg, ReceiverKind, Result};

use super::args::Args;
use super::borrowed::borrows;
use super::{Shape, is_boxed_future, is_opaque_future, words};
use crate::app::{SHIELD_THE_REST, SHIELDED_MAIN};
use crate::errors::{Errors, mistake};
use crate::function::{Function, ends_in};

/// The name of the lifetime that `#[async_trait]` gives to the future that it makes.
const ASYNC_TRAIT: &str = "async_trait";

/// The mistake of an item that is not a function. Its first token shows what it is.
pub(super) fn not_a_function(token: Option<&TokenTree>) -> Error {
    let help = match token.map(ToString::to_string).as_deref() {
        Some("impl" | "trait") => "put it on each method that must not be cut",
        _ => "for a block, hold a guard: `let _shield = aplomb::shield(\"name\");`",
    };
    mistake(token, "`#[shielded]` goes on a function or a method", help)
}

pub(super) fn function(args: &Args, function: &Function, errors: &mut Errors) {
    let help = "a shield acts at run time; remove `const` or the attribute";
    let keyword = function.signature.constness;
    errors.refuse(keyword, "a shielded function cannot be `const`", help);
    let shape = Shape::of(function);
    match (shape, &args.inline) {
        (Shape::Plain, key) => {
            let help = "remove it: a function that is not `async` is shielded in place as it is";
            errors.refuse(key, "`inline` is for an `async fn`", help);
        }
        (_, None) => errors.take(task(function)),
        _ => {}
    }
    for attribute in &function.attributes {
        if ends_in(attribute.path(), "shielded") {
            let help = "shields nest, and the outermost counts; remove one";
            errors.add(attribute, "duplicate `#[shielded]`", help);
        }
        if ends_in(attribute.path(), "app") {
            errors.add(function.name(), SHIELDED_MAIN, SHIELD_THE_REST);
        }
    }
    errors.take(future(shape, function));
    let help = "put `#[shielded]` on the implementation, or give the method a body";
    errors.refuse(function.semicolon, "a shielded function needs a body", help);
}

/// Refuses a function whose body cannot be a task of its own.
fn task(function: &Function) -> Result<()> {
    let (keyword, output) = (function.signature.asyncness, function.output());
    if !cfg!(feature = "tokio") {
        let problem = "a shielded `async fn` becomes a task of its own, which needs tokio";
        let help = "enable the feature `tokio` of `aplomb`, or write `#[shielded(inline)]`";
        let place = match keyword {
            Some(keyword) => keyword.into_token_stream(),
            // What `#[async_trait]` has made has the span of that attribute, so the name is shown, which is the user's.
            None if by_async_trait(output) => function.name().into_token_stream(),
            None => output.into_token_stream(),
        };
        return Err(mistake(place, problem, help));
    }
    // The message says `async fn` also for a boxed future: before `#[async_trait]` the function was one.
    let problem = "a shielded `async fn` becomes a task of its own, which cannot borrow";
    if let Some(parameter) = function.signature.inputs.iter().find_map(borrow) {
        let help = "write `#[shielded(inline)]`, or take the argument by value";
        return Err(mistake(parameter, problem, help));
    }
    let borrowed = output.filter(|output| keyword.is_none() && borrows(output, ASYNC_TRAIT));
    borrowed.map_or(Ok(()), |output| {
        Err(mistake(output, problem, "write `#[shielded(inline)]`"))
    })
}

/// What shows that the parameter borrows, if something does.
fn borrow(parameter: &FnArg) -> Option<TokenStream> {
    let ty = match parameter {
        FnArg::Typed(parameter) => &parameter.ty,
        FnArg::Receiver(receiver) => match &receiver.kind {
            ReceiverKind::Typed(_, ty) => ty,
            ReceiverKind::Reference(and, lifetime, mutability) => {
                let is_static = lifetime
                    .as_ref()
                    .is_some_and(|lifetime| lifetime.ident == "static");
                let word = &receiver.self_token;
                return (!is_static).then(|| quote!(#and #lifetime #mutability #word));
            }
            _ => return None,
        },
    };
    borrows(ty, "static").then(|| ty.to_token_stream())
}

/// Whether `#[async_trait]` has made this return type of an `async fn`.
pub(super) fn by_async_trait(output: impl ToTokens) -> bool {
    words(output).iter().any(|word| word == ASYNC_TRAIT)
}

/// Refuses a function that returns a future as a value: the future would run after the shield has ended.
fn future(shape: Shape, function: &Function) -> Result<()> {
    let Some(output) = function.output() else {
        return Ok(());
    };
    let help = match shape {
        Shape::Async if is_boxed_future(output) || is_opaque_future(output) => {
            "await it in the body, and return what it yields"
        }
        Shape::Plain if is_opaque_future(output) => {
            "make it an `async fn`, which returns what the future yields"
        }
        _ => return Ok(()),
    };
    let problem = "the shield would end before this future runs";
    Err(mistake(output, problem, help))
}
