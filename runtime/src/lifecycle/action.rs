//! What comes out of the state machine.

use std::time::Duration;

use super::Turn;
use crate::signal::Began;
use crate::status::Status;

/// An action that the listener performs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Command the app's thread to run this step.
    Do(Step),
    /// Make the request for this reason, unless it was made before.
    Begin(Began),
    /// From here on, a request leaves time to drain: it does not cancel `run` at once.
    Drain,
    /// Have the limits in force that the value of the body has led to.
    ChangeLimits,
    /// Cancel `run`.
    Cancel,
    /// Tell the task of `run` to drop `run`, as soon as no shield is held in it.
    GiveUp,
    /// Start the clock of this deadline with its full time.
    Arm(Deadline),
    /// Stop the clock of this deadline.
    Disarm(Deadline),
    /// Start the clock of [`Deadline::Turn`] with this time.
    Bound(Duration),
    /// Tell the app's thread to leave the `stop` of this turn behind.
    LeaveBehind(u32),
    /// Say on standard error that the time of this turn has passed.
    NameTurn(Turn),
    /// Report [`Event::ShieldsClear`] when the shields that are held now have ended.
    AwaitHeld,
    /// Let no new shield begin, and report [`Event::ShieldsClear`] when none is held.
    AwaitAll,
    /// Tell the user, at a terminal, what the app waits for after the first Ctrl-C, and what the next one does.
    Explain,
    /// Let no thread wait any longer for standard error to take what is printed.
    AbandonReport,
    /// Name on standard error the shields and components that the end waits for.
    NameHolders,
    /// Say on standard error that `run` was dropped because its grace was over.
    NameDropped,
    /// Say on standard error that the grace of `run` is over, and that `run` cannot be dropped, since it blocks its
    /// thread.
    NameBlocked,
    /// Say on standard error that `run` has not ended, and that the process ends without `stop`.
    NameForced,
    /// Say on standard error that this deadline has passed, and name what the end waits for.
    NameDeadline(Deadline),
    /// Command the app's thread to leave with this status.
    Leave(Status),
    /// End the process with this status at once.
    EndProcess(Status),
}

/// The steps that the app's thread runs, one after the other, each when the listener commands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Body,
    Start,
    Run,
    /// `stop`, and then the steps in [`Cleanup`](crate::Cleanup).
    Stop,
    /// The steps in `Cleanup` alone, because `start` has failed and has made no state for `stop`.
    Rollback,
    ExitFunctions,
}

/// The clocks that the listener can arm: the app's own deadlines, and two that are always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deadline {
    Start,
    Run,
    Stop,
    /// The `stop` of one component, which has a limit of its own. No other deadline leads to the next component.
    Turn,
    /// The whole shutdown, from the request to the end of the process.
    Whole,
    /// The part of `Whole` that `run` may take. The rest is kept for `stop`.
    Room,
    /// The time between the request and the cancellation. When it is over, `run` is cancelled.
    Drain,
    /// The time between the cancellation and the moment when `run` is dropped, which is no failure then.
    Grace,
    /// A second: the last one of a `run` that was given up, or of the `Debug` of its error; and the first one in which
    /// `run` is dropped. The app cannot set this one.
    GiveUp,
    /// The time after the first Ctrl-C in which nothing is explained to the user. The app cannot set this one.
    Explain,
}
