//! What an `Err` of the user's is: a failure to report, or the cancellation coming back.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::fmt::{Debug, Write};
use std::io;

use crate::cancelled::{Cancelled, Shown, shown, take_shown};

/// An `Err` of a phase, or of another function that is called for the user.
///
/// It is not looked at when it is made: printing an error may take long, since an `anyhow::Error`
/// resolves its backtrace, and the phase is still running then.
pub struct Failure {
    /// What has failed, where that has to be said.
    what: Option<String>,
    error: Box<dyn Look>,
}

/// What can be done with an error that we know next to nothing of.
trait Look {
    fn is_cancelled(&self) -> bool;
    fn text(&self) -> String;
}

impl<E: Debug + 'static> Look for E {
    fn is_cancelled(&self) -> bool {
        is_cancelled(self) || prints_as_cancelled(self)
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

    /// The same, with words before it that say what has failed.
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
    note = "it returns `()`, or `Result<(), E>` where `E: Debug + 'static`"
)]
pub trait MayFail {
    #[doc(hidden)]
    fn into_result(self) -> Result<(), Failure>;
}

impl MayFail for () {
    fn into_result(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<E: Debug + 'static> MayFail for Result<(), E> {
    fn into_result(self) -> Result<(), Failure> {
        self.map_err(Failure::new)
    }
}

/// For the types whose inside can be reached.
fn is_cancelled<E: 'static>(error: &E) -> bool {
    let error: &dyn Any = error;
    if let Some(error) = error.downcast_ref::<Box<dyn Error>>() {
        return is_in_chain(&**error);
    }
    if let Some(error) = error.downcast_ref::<Box<dyn Error + Send>>() {
        return is_in_chain(&**error);
    }
    if let Some(error) = error.downcast_ref::<Box<dyn Error + Send + Sync>>() {
        return is_in_chain(&**error);
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return is_in_chain(error);
    }
    if let Some(error) = error.downcast_ref::<Failure>() {
        return error.is_cancelled();
    }
    error.is::<Cancelled>()
}

fn is_in_chain(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<Cancelled>() {
            return true;
        }
        // An `io::Error` that holds another error has that one's source for its own.
        let held = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if held.is_some_and(<dyn Error + Send + Sync>::is::<Cancelled>) {
            return true;
        }
        next = error.source();
    }
    false
}

/// For all other types: `anyhow::Error` and its kin, a program's own enum. Nothing is known of
/// them but how they print, and a `Cancelled` notices when it is printed. That is enough to tell
/// a wrapper from an error that has a `Cancelled` among other things:
///
/// - A report prints the error and its causes by `Display`, one after the other, so the
///   `Cancelled` is what all of it came from.
/// - A derived `Debug` prints the inside by `Debug`, and separates several values by commas.
///   Then it is a failure, which is the safe side.
fn prints_as_cancelled(error: &impl Debug) -> bool {
    let mut sink = Sink::default();
    take_shown();
    // It fails when the sink has seen enough.
    let _ = write!(sink, "{error:?}");
    match take_shown() {
        Some(Shown::Display) => true,
        Some(Shown::Debug) => !sink.has_several_values(),
        None => false,
    }
}

/// Takes what is printed, and refuses to take more once that cannot change the answer: what comes then
/// may be a backtrace, whose symbols take a good part of a second to find.
#[derive(Default)]
struct Sink {
    text: String,
}

impl Sink {
    /// How a derived `Debug` separates values. An `io::Error` has two, but only one of them is what
    /// somebody put into it.
    fn has_several_values(&self) -> bool {
        let wrapper = "Custom { kind: Other, error: ";
        self.text.replace(wrapper, "").contains(',')
    }
}

impl Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(text);
        match shown() {
            Some(Shown::Display) => Err(fmt::Error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cancelled(error: impl Debug + 'static) -> bool {
        Failure::new(error).is_cancelled()
    }

    #[derive(Debug)]
    #[allow(dead_code, reason = "read by the derived Debug")]
    enum Own {
        Stopped(Cancelled),
        Disk(io::Error),
        Both { first: Cancelled, second: String },
    }

    /// Prints as `anyhow::Error` does: by `Display`, with the causes below.
    struct Report(&'static str, Box<dyn Error>);

    impl Debug for Report {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}\n\nCaused by:\n    {}", self.0, self.1)
        }
    }

    #[test]
    fn finds_the_cancellation() {
        assert!(is_cancelled(Cancelled));
        assert!(is_cancelled(Box::<dyn Error>::from(Cancelled)));
        assert!(is_cancelled(Box::<dyn Error + Send + Sync>::from(
            Cancelled
        )));
        assert!(is_cancelled(io::Error::from(Cancelled)));
        assert!(is_cancelled(Own::Stopped(Cancelled)));
        assert!(is_cancelled(Own::Disk(Cancelled.into())));
        assert!(is_cancelled(Report("while sending a, b", Cancelled.into())));
    }

    #[test]
    fn a_failure_stays_one() {
        assert!(!is_cancelled("Cancelled"));
        assert!(!is_cancelled(Own::Disk(io::ErrorKind::NotFound.into())));
        assert!(!is_cancelled(Own::Both {
            first: Cancelled,
            second: "the disk is full".into()
        }));
        assert!(!is_cancelled(Box::<dyn Error>::from("the disk is full")));
    }

    /// A report as above, with a backtrace that nobody must ask for.
    struct WithBacktrace;

    impl Debug for WithBacktrace {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{Cancelled}")?;
            f.write_str("\n\nStack backtrace:\n")?;
            panic!("the symbols are being resolved");
        }
    }

    #[test]
    fn a_backtrace_is_not_resolved_for_nothing() {
        assert!(is_cancelled(WithBacktrace));
    }

    #[test]
    fn one_failure_does_not_colour_the_next() {
        let _ = format!("{Cancelled}");
        assert!(!is_cancelled("the disk is full"));
    }
}
