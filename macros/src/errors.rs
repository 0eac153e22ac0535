//! Every mistake is reported, all of them at once, each as a problem and its remedy.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// A mistake at the tokens `at`; where there are none, at the attribute as a whole.
///
/// The second paragraph is as near as a macro comes to rustc's `help:` on stable Rust
/// (rust-lang/rust#54140).
pub(crate) fn mistake(at: impl ToTokens, problem: impl Display, help: impl Display) -> syn::Error {
    syn::Error::new_spanned(at, format!("{problem}\n\nhelp: {help}"))
}

/// Collects mistakes. To drop it unread is a bug of ours, which would lose them, so that panics.
pub(crate) struct Errors {
    found: Vec<syn::Error>,
    read: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        let found = Vec::new();
        Self { found, read: false }
    }

    pub(crate) fn add(&mut self, at: impl ToTokens, problem: impl Display, help: impl Display) {
        self.found.push(mistake(at, problem, help));
    }

    /// Keeps the mistake, where there is one.
    pub(crate) fn take(&mut self, result: syn::Result<()>) {
        self.found.extend(result.err());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// `Ok` if there was no mistake, else one `compile_error!` for each.
    pub(crate) fn finish(mut self) -> Result<(), TokenStream> {
        self.read = true;
        if self.found.is_empty() {
            return Ok(());
        }
        let found = self.found.drain(..);
        Err(found.map(syn::Error::into_compile_error).collect())
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        let read = self.read || std::thread::panicking();
        assert!(read, "the mistakes that were found must be reported");
    }
}
