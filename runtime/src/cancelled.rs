//! The error of an interruption point, which notices when it is printed.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::io;

/// The error of an interruption point: the shutdown was requested.
///
/// Returned from `run` after a request it is no failure: nothing is printed, and the exit status is
/// that of the request. Also inside another error: where the chain of
/// [sources](std::error::Error::source) of a boxed one ends in it, as the cause of a report
/// (`anyhow::Error`), or as all that an enum of your own wraps. An error of your own that holds other
/// things beside it is a failure.
///
/// ```
/// use aplomb::{Cancelled, Shutdown};
///
/// fn run(shutdown: &Shutdown) -> Result<(), Cancelled> {
///     loop {
///         shutdown.checkpoint()?;
///         // the next piece of work
///         # shutdown.request("the example is over");
///     }
/// }
/// # assert!(run(&Shutdown::new()).is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        note_shown(Shown::Display);
        f.write_str("the shutdown was requested")
    }
}

impl fmt::Debug for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        note_shown(Shown::Debug);
        f.write_str("Cancelled")
    }
}

impl Error for Cancelled {}

/// So that `shutdown.accept(&listener)??` works in a function that returns `io::Result`. Such an error
/// counts as the `Cancelled` that it holds.
impl From<Cancelled> for io::Error {
    fn from(cancelled: Cancelled) -> Self {
        io::Error::other(cancelled)
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
fn note_shown(how: Shown) {
    // Gone in a thread's last destructors, where nobody asks either.
    let _ = SHOWN.try_with(|shown| shown.set(Some(how)));
}

/// How one was printed on this thread since that was last taken.
pub(crate) fn shown() -> Option<Shown> {
    SHOWN.get()
}

/// The same, and takes it.
pub(crate) fn take_shown() -> Option<Shown> {
    SHOWN.take()
}
