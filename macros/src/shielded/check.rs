//! What a shielded function may not be.

use proc_macro::{TokenStream, TokenTree};

use super::Args;
use super::borrowed::borrows;
use super::parameters::Parameter;
use super::shape::{Shape, is_boxed_future, is_opaque_future, words};
use crate::errors::{Errors, Mistake, Result, mistake};
use crate::features;
use crate::item::{Body, Function};
use crate::tokens::ToTokens;

/// The lifetime that `#[async_trait]` gives to what it makes.
const ASYNC_TRAIT: &str = "async_trait";

/// `token` shows what the item is instead.
pub(crate) fn not_a_function(token: Option<&TokenTree>) -> Mistake {
    let help = match token.map(ToString::to_string).as_deref() {
        Some("impl" | "trait") => "put it on each method that must not be cut",
        _ => "for a block, hold a guard: `let _shield = aplomb::shield(\"name\");`",
    };
    mistake(&token, "`#[shielded]` goes on a function or a method", help)
}

pub(crate) fn function(args: &Args, function: &Function, errors: &mut Errors) {
    if let Some(keyword) = function.qualifier("const") {
        let help = "a shield acts at run time; remove `const` or the attribute";
        errors.add(keyword, "a shielded function cannot be `const`", help);
    }
    let shape = Shape::of(function);
    match (shape, &args.inline) {
        (Shape::Plain, Some(key)) => {
            let help = "remove it: a function that is not `async` is shielded in place as it is";
            errors.add(key, "`inline` is for an `async fn`", help);
        }
        (Shape::Async | Shape::Boxed, None) => errors.take(task(function)),
        _ => {}
    }
    for attribute in &function.attributes {
        if attribute.is("shielded") {
            let help = "shields nest, and the outermost counts; remove one";
            errors.add(attribute, "duplicate `#[shielded]`", help);
        }
        if attribute.is("app") {
            let help = "`start` and `stop` are shielded as they are; put `#[shielded]` on what \
                        else must not be cut";
            errors.add(&function.name, "`main` cannot be shielded", help);
        }
    }
    errors.take(future(shape, &function.output));
    if let Body::Missing(semicolon) = &function.body {
        let help = "put `#[shielded]` on the implementation, or give the method a body";
        errors.add(semicolon, "a shielded function needs a body", help);
    }
}

/// Refuses what cannot be a task of its own.
fn task(function: &Function) -> Result {
    let keyword = function.qualifier("async");
    if !features::TOKIO {
        let problem = "a shielded `async fn` becomes a task of its own, which needs tokio";
        let help = "enable the feature `tokio` of `aplomb`, or write `#[shielded(inline)]`";
        let place: &dyn ToTokens = match keyword {
            Some(keyword) => keyword,
            // What it has made stands where its attribute does.
            None if by_async_trait(&function.output) => &function.name,
            None => &function.output,
        };
        return Err(mistake(place, problem, help));
    }
    let parameters = Parameter::all(&function.parameters);
    let mut borrowed = parameters.iter().filter_map(Parameter::borrow);
    // What was an `async fn` for the user is a boxed future, when `#[async_trait]` has been there.
    let problem = "a shielded `async fn` becomes a task of its own, which cannot borrow";
    if let Some(parameter) = borrowed.next() {
        let help = "write `#[shielded(inline)]`, or take the argument by value";
        return Err(mistake(&parameter, problem, help));
    }
    if keyword.is_none() && borrows(function.output.clone(), ASYNC_TRAIT) {
        let help = "write `#[shielded(inline)]`";
        return Err(mistake(&function.output, problem, help));
    }
    Ok(())
}

/// Whether `#[async_trait]` has made this of an `async fn`.
pub(super) fn by_async_trait(output: &TokenStream) -> bool {
    words(output.clone()).iter().any(|word| word == ASYNC_TRAIT)
}

/// Refuses what returns a future that we do not see: it would run after the shield has ended.
fn future(shape: Shape, output: &TokenStream) -> Result {
    let problem = "the shield would end before this future runs";
    if shape == Shape::Async && (is_boxed_future(output) || is_opaque_future(output)) {
        let help = "await it in the body, and return what it yields";
        return Err(mistake(output, problem, help));
    }
    if shape == Shape::Plain && is_opaque_future(output) {
        let help = "make it an `async fn`, which returns what the future yields";
        return Err(mistake(output, problem, help));
    }
    Ok(())
}
