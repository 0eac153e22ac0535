//! What a phase's `Err` is: a failure to report, or the cancellation coming back.

use std::any::Any;
use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::fmt::Debug;
use std::io;

use crate::reason::Cancelled;

/// An `Err` of a phase, as it is to be printed.
pub struct Failure {
    text: String,
    cancelled: bool,
}

impl Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How a `Cancelled` was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Display,
    Debug,
}

thread_local! {
    /// How one was printed last, since this was cleared.
    static SHOWN: Cell<Option<Shown>> = const { Cell::new(None) };
}

/// A `Cancelled` is being printed.
pub(crate) fn cancelled_is_shown(how: Shown) {
    // Gone in a thread's last destructors, where nobody asks either.
    let _ = SHOWN.try_with(|shown| shown.set(Some(how)));
}

impl Failure {
    /// Looks at an error and takes down how it prints.
    pub(crate) fn new<E: Debug + 'static>(error: &E) -> Self {
        SHOWN.set(None);
        let text = format!("{error:?}");
        let cancelled = is_cancelled(error)
            || SHOWN
                .take()
                .is_some_and(|how| wraps_nothing_else(how, &text));
        Failure { text, cancelled }
    }

    /// As `main` would print it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is a `Cancelled`, or wraps one and nothing else.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled
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
fn wraps_nothing_else(how: Shown, text: &str) -> bool {
    how == Shown::Display || !text.contains(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cancelled(error: impl Debug + 'static) -> bool {
        Failure::new(&error).is_cancelled()
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
        assert!(is_cancelled(io::Error::other(Cancelled)));
        assert!(is_cancelled(Own::Stopped(Cancelled)));
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

    #[test]
    fn one_failure_does_not_colour_the_next() {
        let _ = format!("{Cancelled}");
        assert!(!is_cancelled("the disk is full"));
    }
}
