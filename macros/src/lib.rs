//! The attributes of the `aplomb` crate. Use them through that crate: `aplomb::app`, `aplomb::shielded`.
//!
//! Each attribute works in three steps. `args` and `function` read the arguments and the function; `check` looks for
//! mistakes; `expand` writes the function anew, as a call or two into the library. Whatever can be a function of the
//! library is one.
//!
//! Mistakes are collected, so that the user sees all of them at once. Beside them the attribute still writes a
//! function. Without one, rustc would add errors about what is missing, and an editor would understand nothing of the
//! body.
//!
//! A token has a *span*: the place in the source that rustc and editors show for it, and the scope in which a name is
//! looked up. Two spans are used here. With `mixed_site` a local name is invisible to the user's code, and lints leave
//! the tokens alone. With `mixed_site().located_at(place)` that is so, too, but rustc shows the user's `place`.

#![forbid(unsafe_code)]
// Where a macro panics, rustc says "custom attribute panicked", and that there is no `main`. Neither helps the user.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![deny(clippy::todo, clippy::unreachable, clippy::unwrap_used)]

mod app;
mod arguments;
mod editor;
mod errors;
mod function;
mod shielded;

use proc_macro::TokenStream;

// What people search who have this problem.
#[doc(alias(
    "graceful",
    "graceful_shutdown",
    "ctrlc",
    "ctrl_c",
    "sigint",
    "sigterm",
    "main"
))]
#[doc = include_str!("../docs/app.md")]
#[proc_macro_attribute]
pub fn app(arguments: TokenStream, item: TokenStream) -> TokenStream {
    app::expand(arguments.into(), item.into()).into()
}

#[doc(alias("critical_section", "uninterruptible", "uncancellable"))]
#[doc = include_str!("../docs/shielded.md")]
#[proc_macro_attribute]
pub fn shielded(arguments: TokenStream, item: TokenStream) -> TokenStream {
    shielded::expand(arguments.into(), item.into()).into()
}
