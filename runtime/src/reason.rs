//! Why the app stops.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;

use crate::failure::{Shown, cancelled_is_shown};
use crate::signal::Signal;

/// What began the shutdown. The first cause counts, and stays.
///
/// ```
/// use aplomb::{Reason, Shutdown};
///
/// fn stop(shutdown: &Shutdown) {
///     match shutdown.reason() {
///         Some(Reason::Signal(signal)) => println!("asked to by {signal}"),
///         Some(reason) => println!("because of {reason}"),
///         None => println!("no reason"),
///     }
/// }
/// # stop(&Shutdown::new());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A shutdown signal.
    Signal(Signal),
    /// Code has asked for it, by [`Shutdown::request`](crate::Shutdown::request) or one of its
    /// kin.
    Call(Call),
    /// `run` has returned by itself.
    Returned,
    /// A phase has returned an `Err`.
    Failed,
    /// A phase, or a function of ours that calls yours, has panicked.
    Panicked,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Signal(signal) => signal.fmt(f),
            Reason::Call(call) => call.fmt(f),
            Reason::Returned => f.write_str("`run` has returned"),
            Reason::Failed => f.write_str("a phase has failed"),
            Reason::Panicked => f.write_str("a panic"),
        }
    }
}

/// A request that came from code: what was said, and the exit status, if one was asked for.
///
/// ```
/// use aplomb::Reason;
///
/// # let shutdown = aplomb::Shutdown::new();
/// shutdown.request_exit(7);
/// let Some(Reason::Call(call)) = shutdown.reason() else { panic!() };
/// assert_eq!((&*call.why, call.code), ("exit with status 7", Some(7)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// What the caller gave as the reason.
    pub why: Cow<'static, str>,
    /// The exit status, from [`Shutdown::request_exit`](crate::Shutdown::request_exit).
    pub code: Option<u8>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

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
        cancelled_is_shown(Shown::Display);
        f.write_str("the shutdown was requested")
    }
}

impl fmt::Debug for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        cancelled_is_shown(Shown::Debug);
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
