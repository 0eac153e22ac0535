//! Which types borrow, as far as it can be seen in their tokens.

use std::collections::HashSet;

use proc_macro::{Delimiter, Ident, TokenStream, TokenTree};

use crate::input::{Input, flat};
use crate::vocabulary::has;

/// What is between the parentheses behind these is no part of the value.
const FUNCTIONS: &str = "fn Fn FnMut FnOnce AsyncFn AsyncFnMut AsyncFnOnce";

/// Whether a value of this type may borrow from what does not live forever. `known` is a lifetime
/// that is as good as `'static`.
pub(super) fn borrows(ty: TokenStream, known: &str) -> bool {
    let tokens = flat(ty);
    let mut free = HashSet::from(["static".to_string(), known.to_string()]);
    bound_by_for(&tokens, &mut free);
    anything(tokens, &free)
}

/// The lifetimes that a `for<'a>` in the type brings along, which borrow nothing.
fn bound_by_for(tokens: &[TokenTree], bound: &mut HashSet<String>) {
    let mut input = Input::new(tokens.iter().cloned());
    while !input.is_empty() {
        if input.at("for") && input.at_second("<") {
            input.next();
            let mut list = Input::new(input.angle_brackets().unwrap_or_default());
            while !list.is_empty() {
                bound.extend(lifetime(&mut list).map(|name| name.to_string()));
                list.next();
            }
        }
        if let Some(TokenTree::Group(group)) = input.next() {
            bound_by_for(&flat(group.stream()), bound);
        }
    }
}

fn anything(tokens: Vec<TokenTree>, free: &HashSet<String>) -> bool {
    let mut input = Input::new(tokens);
    let mut depth = 0_usize;
    // How deep in angle brackets the `->` stands that we are behind. What is elided there comes
    // from the arguments of that function.
    let mut arrow = None;
    while !input.is_empty() {
        if input.accept("->").is_some() {
            arrow = Some(depth);
        } else if let Some(name) = lifetime(&mut input) {
            let name = name.to_string();
            let elided = name == "_" && arrow.is_some();
            if !elided && !free.contains(&name) {
                return true;
            }
        } else if input.accept("&").is_some() {
            // Its lifetime, where it is written, is what comes next.
            if arrow.is_none() && !input.at("'") {
                return true;
            }
        } else if input.at(";") {
            return false; // The length of an array is no type.
        } else {
            depth += usize::from(input.at("<"));
            depth = depth.saturating_sub(usize::from(input.at(">")));
            let separates = usize::from(input.at(",") || input.at("+"));
            arrow = arrow.filter(|arrow| arrow + separates <= depth);
            let of_function = input
                .first()
                .is_some_and(|it| has(FUNCTIONS, &it.to_string()));
            let nested = match input.next() {
                // Braces hold constants.
                Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::Brace => {
                    flat(group.stream())
                }
                _ => Vec::new(),
            };
            if anything(nested, free) {
                return true;
            }
            if of_function && input.at_parentheses() {
                input.next();
            }
        }
    }
    false
}

/// The name of the lifetime, if one comes next.
fn lifetime(input: &mut Input) -> Option<Ident> {
    input.accept("'")?;
    input.accept_word()
}
