//! What kind of a function it is that is to be shielded: that is, when its body runs.

use proc_macro::TokenStream;

use crate::input::flat;
use crate::item::Function;
use proc_macro::TokenTree;

/// When the body runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// When the function is called.
    Plain,
    /// When its future is polled.
    Async,
    /// The same, as it is written by hand, and by `#[async_trait]`: what is called makes a box.
    Boxed,
}

impl Shape {
    pub(super) fn of(function: &Function) -> Self {
        if function.qualifier("async").is_some() {
            Self::Async
        } else if is_boxed_future(&function.output) {
            Self::Boxed
        } else {
            Self::Plain
        }
    }
}

/// Whether this type is a future in a box, as far as its words tell.
pub(super) fn is_boxed_future(output: &TokenStream) -> bool {
    let words = words(output.clone());
    let has = |name: &str| words.iter().any(|word| word == name);
    has("BoxFuture") || has("LocalBoxFuture") || has("dyn") && has("Future")
}

/// Whether this type is a future that has no name.
pub(super) fn is_opaque_future(output: &TokenStream) -> bool {
    let words = words(output.clone());
    let has = |name: &str| words.iter().any(|word| word == name);
    has("impl") && has("Future") && !has("dyn")
}

/// All words and signs of the tokens, however deep they are in them.
pub(super) fn words(tokens: TokenStream) -> Vec<String> {
    let of = |token| match token {
        TokenTree::Group(group) => words(group.stream()),
        token => vec![token.to_string()],
    };
    flat(tokens).into_iter().flat_map(of).collect()
}
