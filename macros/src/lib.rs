//! The attributes of the `aplomb` crate. Use them through it: `aplomb::app`, `aplomb::shielded`.
//!
//! Each attribute is read into its arguments and a `function`, is checked, and is written anew. What can be a function
//! of the library is one: what is written is a call or two. Mistakes are collected, so that all of them are shown at
//! once, and what is written then is still a function, so that neither rustc nor an editor has anything to add.

#![forbid(unsafe_code)]
// A macro that panics reports nothing that helps: "custom attribute panicked", and no `main`.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![deny(clippy::todo, clippy::unreachable, clippy::unwrap_used)]

mod app;
mod arguments;
mod editor;
mod errors;
mod function;
mod shielded;

use proc_macro::TokenStream;

#[doc = include_str!("../docs/app.md")]
#[proc_macro_attribute]
pub fn app(arguments: TokenStream, item: TokenStream) -> TokenStream {
    app::expand(arguments.into(), item.into()).into()
}

#[doc = include_str!("../docs/shielded.md")]
#[proc_macro_attribute]
pub fn shielded(arguments: TokenStream, item: TokenStream) -> TokenStream {
    shielded::expand(arguments.into(), item.into()).into()
}
