//! An `Err` of the user's, of whatever type.

use std::any::Any;
use std::fmt::{self, Debug};

use super::cancelled::is_cancellation;

/// An `Err` of a phase, or of another function that is called for the user.
///
/// It is not looked at when it is made: printing an error may take long, since an `anyhow::Error`
/// resolves its backtrace, and the phase is still running then.
pub struct Failure {
    /// What has failed, where that has to be said.
    what: Option<String>,
    error: Box<dyn Look>,
}

/// What can be done with an error of a type that is not known here.
trait Look {
    fn is_cancelled(&self) -> bool;
    fn text(&self) -> String;
}

impl<E: Debug + 'static> Look for E {
    fn is_cancelled(&self) -> bool {
        // What a component has returned comes back as what all of them have returned.
        match (self as &dyn Any).downcast_ref::<Failure>() {
            Some(inner) => inner.is_cancelled(),
            None => is_cancellation(self),
        }
    }

    fn text(&self) -> String {
        format!("{self:?}")
    }
}

impl Failure {
    pub(crate) fn new<E: Debug + 'static>(error: E) -> Self {
        Failure {
            what: None,
            error: Box::new(error),
        }
    }

    /// This failure, with words before its text that say what has failed.
    pub(crate) fn of(self, what: String) -> Self {
        Failure {
            what: Some(what),
            ..self
        }
    }

    /// As `main` would print it.
    pub(crate) fn text(&self) -> String {
        let text = self.error.text();
        match &self.what {
            Some(what) => format!("{what}: {text}"),
            None => text,
        }
    }

    /// Whether it is a `Cancelled`, or wraps one and nothing else.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.error.is_cancelled()
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
        let inner =
            |error: io::Error| Failure::new(error).of("component `cache` has failed".into());
        assert!(Failure::new(inner(Cancelled.into())).is_cancelled());
        let other = Failure::new(inner(io::ErrorKind::NotFound.into()));
        assert!(!other.is_cancelled());
        let text = "component `cache` has failed: Kind(NotFound)";
        assert_eq!(other.text(), text);
    }
}
