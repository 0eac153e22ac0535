//! What goes into the state machine.

use std::time::Duration;

use super::Deadline;
use crate::status::End;

/// A thing that has happened, which the state machine has to learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// The shutdown was requested: by this signal, or by a call. `cancels` says whether the request has cancelled `run`
    /// at once, so that there is nothing to drain.
    Requested { signal: Option<i32>, cancels: bool },
    /// The first shutdown signal has come, but something else had begun the shutdown before.
    LateSignal(i32),
    /// The user insists, by this signal.
    Insisted(i32),
    /// The task of `run` was polled after the request, so it did not block its thread at that time.
    Alive,
    /// The task of `run` has learned that it is given up, but cannot be dropped yet: a shield is held in it.
    HeldBack,
    /// The task of `run` has learned that it is given up, and drops `run` now.
    Dropping,
    /// The user's function in the current step has returned an `Err`. The app's thread now calls the `Debug` of that
    /// error and prints it. Both may take long: `Debug` is the user's code, and the stream may be blocked.
    Returned,
    /// `run` has ended like this, but its step may go on: a function that a signal has called may not have returned.
    RunEnded(End),
    /// The value of the body has changed the limits: whether there is a `drain` now, and a `timeout(stop)`.
    LimitsChanged { drains: bool, bounds_stop: bool },
    /// A component begins its `stop`, which has a limit of its own.
    TurnBegan(Turn),
    /// The `stop` of that turn has ended, or was left behind.
    TurnEnded(u32),
    /// The current step of the app's thread has ended.
    Ended(End),
    /// The app's thread has ended.
    Gone,
    /// A call of [`Shutdown::request_exit`](crate::Shutdown::request_exit) has asked for this status.
    Asked(u8),
    /// Code of the user's that we call beside the phases has returned an `Err`.
    CallbackFailed,
    /// Code of the user's that we call beside the phases has panicked.
    CallbackPanicked,
    /// The shields that the listener waited for have ended.
    ShieldsClear,
    /// The time of this deadline is up.
    Expired(Deadline),
    /// Some thread has called `std::process::exit`.
    ForeignExit,
    /// That thread does not wait for shields any more.
    ForeignShieldsClear,
}

/// The turn of a component in the step `stop`, where its function has a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Tells one turn from the next.
    pub(crate) number: u32,
    pub(crate) component: &'static str,
    pub(crate) limit: Duration,
}
