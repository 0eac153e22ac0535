//! An `Err` that a function of the user's has returned, of whatever type.

use std::fmt::{self, Debug};

use super::cancelled::is_cancellation;

/// An `Err` of a phase, of a signal's function, or of a step of a [`Cleanup`](crate::Cleanup).
///
/// The error is printed later, and not when this is made. To print it may take long (an `anyhow::Error` resolves the
/// symbols of its backtrace), and its phase has not ended before this is returned.
pub struct Failure {
    /// Words that are printed before the error: which component or step has failed, where that has to be said.
    what: Option<String>,
    /// Whether a `Cancelled` may be the answer to a request.
    may_answer: bool,
    error: Box<dyn Look>,
}

/// What can be done with an error of any type: its `Debug` is all that is known of the type.
trait Look {
    fn is_cancelled(&self) -> bool;
    fn text(&self) -> String;
}

impl<E: Debug + 'static> Look for E {
    fn is_cancelled(&self) -> bool {
        is_cancellation(self)
    }

    fn text(&self) -> String {
        format!("{self:?}")
    }
}

impl Failure {
    pub(crate) fn new<E: Debug + 'static>(error: E) -> Self {
        Failure {
            what: None,
            may_answer: true,
            error: Box::new(error),
        }
    }

    /// Adds words before the text of this failure, which say what has failed. They replace earlier ones.
    pub(crate) fn of(self, what: String) -> Self {
        Failure {
            what: Some(what),
            ..self
        }
    }

    /// Says that nothing was requested when this was returned, so it is a failure also if it is a `Cancelled`.
    pub(crate) fn unasked(self) -> Self {
        Failure {
            may_answer: false,
            ..self
        }
    }

    /// What is printed: the words, and the error by its `Debug`, as Rust prints an `Err` of `main`. This calls code of
    /// the user's, which may panic or take long.
    pub(crate) fn text(&self) -> String {
        let text = self.error.text();
        match &self.what {
            Some(what) => format!("{what}: {text}"),
            None => text,
        }
    }

    /// Whether the error is a [`Cancelled`](crate::Cancelled), or wraps one and nothing else, and may be the answer to
    /// a request. This calls code of the user's.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.may_answer && self.error.is_cancelled()
    }
}

impl Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// What a function may return that a signal calls, or that undoes a step of a [`Cleanup`](crate::Cleanup):
/// `()` or `Result<(), E>`.
///
/// An `Err` is printed with its `Debug`, and makes the exit status 1.
///
/// ```
/// # use aplomb::Cleanup;
/// # use std::{fs, path::PathBuf};
/// # fn start(cleanup: &mut Cleanup, folder: PathBuf) {
/// cleanup.push("folder", folder, fs::remove_dir_all); // Result<(), io::Error>
/// cleanup.push("state", vec![1], drop); // ()
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a function that undoes a step, or that a signal calls, cannot return `{Self}`",
    note = "it returns `()`, or `Result<(), E>` where `E: Debug + 'static`",
    note = "an `async fn` is a signal's function of an `async fn main`, and undoes a step by `push_async`"
)]
pub trait CallbackOutput {
    #[doc(hidden)]
    fn into_result(self) -> Result<(), Failure>;
}

impl CallbackOutput for () {
    fn into_result(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<E: Debug + 'static> CallbackOutput for Result<(), E> {
    fn into_result(self) -> Result<(), Failure> {
        self.map_err(Failure::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cancelled;
    use std::io;

    #[test]
    fn a_failure_is_what_is_in_it() {
        let failure =
            |error: io::Error| Failure::new(error).of("component `cache` has failed".into());
        assert!(failure(Cancelled.into()).is_cancelled());
        let other = failure(io::ErrorKind::NotFound.into());
        assert!(!other.is_cancelled());
        let text = "component `cache` has failed: Kind(NotFound)";
        assert_eq!(other.text(), text);
    }
}
