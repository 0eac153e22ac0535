//! The attributes of the `aplomb` crate. Use them through it: `aplomb::app`, `aplomb::shielded`.

#![forbid(unsafe_code)]
// A macro that panics reports nothing that helps: "custom attribute panicked", and no `main`.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![deny(clippy::todo, clippy::unreachable, clippy::unwrap_used)]

mod app;
mod errors;
mod features;
mod grammar;
mod input;
mod item;
mod shielded;
mod tokens;
mod values;
mod vocabulary;

use proc_macro::TokenStream;

#[doc = include_str!("../docs/app.md")]
#[proc_macro_attribute]
pub fn app(arguments: TokenStream, item: TokenStream) -> TokenStream {
    app::expand(arguments, item)
}

#[doc = include_str!("../docs/shielded.md")]
#[proc_macro_attribute]
pub fn shielded(arguments: TokenStream, item: TokenStream) -> TokenStream {
    shielded::expand(arguments, item)
}
