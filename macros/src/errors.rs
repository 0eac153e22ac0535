//! Mistakes of the user's: all are reported at once, each as a problem and its remedy.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Result};

/// A mistake at the tokens `at`, or at the attribute as a whole if there are no tokens.
///
/// The remedy is a second paragraph of the message. Stable Rust does not let a macro write a `help:` of its own
/// (rust-lang/rust#54140).
pub(crate) fn mistake(at: impl ToTokens, problem: &str, help: &str) -> Error {
    Error::new_spanned(at, format!("{problem}\n\nhelp: {help}"))
}

/// Collects mistakes.
///
/// Whoever has an `Errors` must call [`finish`](Errors::finish) or [`beside`](Errors::beside). Dropping it without that
/// would lose the mistakes, which is a bug of this crate, so the drop panics.
pub(crate) struct Errors {
    found: Option<Error>,
    /// Whether `finish` was called.
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

    /// Adds a mistake at `unwanted`, a keyword, a key or a list, if it is there.
    pub(crate) fn refuse(&mut self, unwanted: impl ToTokens, problem: &str, help: &str) {
        let unwanted = unwanted.into_token_stream();
        if !unwanted.is_empty() {
            self.add(unwanted, problem, help);
        }
    }

    /// Adds the mistake, if `result` is one.
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

    /// One `compile_error!` for each mistake, and then the item as the user wrote it. With the item there an editor
    /// goes on understanding its body, and rustc does not report that the item is missing.
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
