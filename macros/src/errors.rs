//! Every mistake is reported, all of them at once, each as a problem and its remedy.

use proc_macro::{Delimiter, Group, Literal, Span, TokenStream};

use crate::tokens::{ToTokens, code};

pub(crate) type Result<T = ()> = std::result::Result<T, Mistake>;

/// A problem and its remedy, at a place in what the user wrote.
pub(crate) struct Mistake {
    first: Span,
    last: Span,
    message: String,
}

/// A mistake at the tokens `at`; where there are none, at the attribute as a whole.
///
/// The second paragraph is as near as a macro comes to rustc's `help:` on stable Rust
/// (rust-lang/rust#54140).
pub(crate) fn mistake(at: &dyn ToTokens, problem: &str, help: &str) -> Mistake {
    let mut spans = at.to_tokens().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    Mistake {
        first,
        last: spans.last().unwrap_or(first),
        message: format!("{problem}\n\nhelp: {help}"),
    }
}

impl Mistake {
    // Output:
    //     ::core::compile_error! { "problem\n\nhelp: .." }
    //
    // rustc underlines from its first token to its last one.
    fn into_compile_error(self) -> TokenStream {
        let mut message = Literal::string(&self.message);
        message.set_span(self.last);
        let mut braces = Group::new(Delimiter::Brace, message.to_tokens());
        braces.set_span(self.last);
        code!(self.first=> ::core::compile_error! #braces)
    }
}

/// Collects mistakes. To drop it unread is a bug of ours, which would lose them, so that panics.
pub(crate) struct Errors {
    found: Vec<Mistake>,
    read: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        let found = Vec::new();
        Self { found, read: false }
    }

    pub(crate) fn add(&mut self, at: &dyn ToTokens, problem: &str, help: &str) {
        self.found.push(mistake(at, problem, help));
    }

    /// Keeps the mistake, where there is one.
    pub(crate) fn take(&mut self, result: Result) {
        self.found.extend(result.err());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// `Ok` if there was no mistake, else one `compile_error!` for each.
    pub(crate) fn finish(mut self) -> std::result::Result<(), TokenStream> {
        self.read = true;
        if self.found.is_empty() {
            return Ok(());
        }
        let found = self.found.drain(..);
        Err(found.map(Mistake::into_compile_error).collect())
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        let read = self.read || std::thread::panicking();
        assert!(read, "the mistakes that were found must be reported");
    }
}
