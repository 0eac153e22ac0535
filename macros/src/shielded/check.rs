//! What a shielded function may not be.

use proc_macro::{TokenStream, TokenTree};

use super::Args;
use crate::errors::{Errors, Mistake, Result, mistake};
use crate::input::flat;
use crate::item::{Body, Function};

const PARTS: &str = "shield the parts that do not await: move them into functions of their own";

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
    if let Some(keyword) = function.qualifier("async") {
        errors.add(keyword, "a shielded `async fn` is not supported yet", PARTS);
    } else if let Some(key) = &args.inline {
        let problem = "`inline` is for an `async fn`, which cannot be shielded yet";
        let help = "remove it: a function that is not `async` is always shielded in place";
        errors.add(key, problem, help);
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
    errors.take(future(&function.output));
    if let Body::Missing(semicolon) = &function.body {
        let help = "put `#[shielded]` on the implementation, or give the method a body";
        errors.add(semicolon, "a shielded function needs a body", help);
    }
}

/// Refuses what returns a future: it would be made inside the shield, and run after it.
fn future(output: &TokenStream) -> Result {
    let words = words(output.clone());
    let has = |name: &str| words.iter().any(|word| word == name);
    if has("BoxFuture") || has("LocalBoxFuture") || has("dyn") && has("Future") {
        let problem = "a shielded function that returns a boxed future is not supported yet";
        return Err(mistake(output, problem, PARTS));
    }
    if has("impl") && has("Future") {
        let problem = "the shield would end before this future runs";
        let help = "shield what the future does: the functions that it calls";
        return Err(mistake(output, problem, help));
    }
    Ok(())
}

/// All words of a type, however deep they are in it.
fn words(tokens: TokenStream) -> Vec<String> {
    let of = |token| match token {
        TokenTree::Group(group) => words(group.stream()),
        token => vec![token.to_string()],
    };
    flat(tokens).into_iter().flat_map(of).collect()
}
