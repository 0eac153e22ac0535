//! The stretches of a stop, which follow each other without a gap.

use std::fmt;

use crate::observe::Work;

/// A stretch of a stop. What the app does at one moment is in one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch {
    Body,
    Start,
    Drain,
    Run,
    /// The shields that `stop` waits for, or that an end by force does.
    Shields,
    Stop,
    Rollback,
    /// The functions of `on_request` and of `on_signal`, which the exit waits for.
    Callbacks,
    ExitFunctions,
    /// Other code has called `std::process::exit`.
    ForeignExit,
    /// The app's thread is in `exit(3)`.
    Leaving,
    /// The threads of an embedded app end.
    Threads,
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Stretch::Body => return Work::Body.fmt(f),
            Stretch::Start => return Work::StartPhase.fmt(f),
            Stretch::Run => return Work::RunPhase.fmt(f),
            Stretch::Stop => return Work::StopPhase.fmt(f),
            Stretch::Rollback => return Work::Rollback.fmt(f),
            Stretch::ExitFunctions => return Work::ExitFunctions.fmt(f),
            Stretch::Drain => "the drain",
            Stretch::Shields => "shields",
            Stretch::Callbacks => "functions of `on_request` and `on_signal`",
            Stretch::ForeignExit => "`std::process::exit`",
            Stretch::Leaving => "`exit(3)`",
            Stretch::Threads => "the end of the app's threads",
        };
        f.write_str(words)
    }
}
