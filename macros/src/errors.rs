//! Every mistake is reported, all of them at once, each as a problem and its remedy.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Result};

/// A mistake at the tokens `at`; where there are none, at the attribute as a whole.
///
/// The second paragraph is as near as a macro comes to rustc's `help:` on stable Rust
/// (rust-lang/rust#54140).
pub(crate) fn mistake(at: impl ToTokens, problem: &str, help: &str) -> Error {
    Error::new_spanned(at, format!("{problem}\n\nhelp: {help}"))
}

/// Collects mistakes. To drop it unread is a bug of ours, which would lose them, so that panics.
pub(crate) struct Errors {
    found: Option<Error>,
    read: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        let found = None;
        Self { found, read: false }
    }

    pub(crate) fn add(&mut self, at: impl ToTokens, problem: &str, help: &str) {
        self.push(mistake(at, problem, help));
    }

    /// Adds a mistake at what should not be there, if it is there: a keyword, a key, a list.
    pub(crate) fn refuse(&mut self, unwanted: impl ToTokens, problem: &str, help: &str) {
        let unwanted = unwanted.into_token_stream();
        if !unwanted.is_empty() {
            self.add(unwanted, problem, help);
        }
    }

    /// Keeps the mistake, where there is one.
    pub(crate) fn take(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.push(error);
        }
    }

    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    /// The mistakes, and then the item as it is: an editor goes on understanding it, and rustc has nothing to add.
    pub(crate) fn beside(self, item: TokenStream) -> TokenStream {
        let mut tokens = self.finish().err().unwrap_or_default();
        tokens.extend(item);
        tokens
    }

    /// `Ok` if there was no mistake, else one `compile_error!` for each.
    pub(crate) fn finish(mut self) -> std::result::Result<(), TokenStream> {
        self.read = true;
        let found = self.found.take();
        found.map_or(Ok(()), |error| Err(error.into_compile_error()))
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        let read = self.read || std::thread::panicking();
        assert!(read, "the mistakes that were found must be reported");
    }
}
