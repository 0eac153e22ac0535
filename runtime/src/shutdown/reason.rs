//! Why the app stops.

use std::borrow::Cow;
use std::fmt;

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
    /// A phase, or a function that a signal has called, has returned an `Err`.
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
            Reason::Failed => f.write_str("a failure"),
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
