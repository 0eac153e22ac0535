//! With what status the process ends, and why that one.

use std::process::ExitCode;

/// What an app answers a signal with in the end, when nothing else has gone wrong.
///
/// `exit = "signal"`, `"code"` and `"success"` in [`#[app]`](macro@crate::app).
///
/// ```no_run
/// use aplomb::{Absent, App, ExitPolicy};
///
/// # fn start() {}
/// App::new(start, Absent, Absent).exit(ExitPolicy::Code).main();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ExitPolicy {
    /// Death by that signal, so that the parent sees it: a shell ends its loop, systemd counts the
    /// stop as clean. Where that cannot be, as PID 1, status 128 + n.
    #[default]
    Signal,
    /// Status 128 + n, which is what a shell shows for a death by signal. For tools that
    /// lose their data when a process dies by a signal, such as coverage.
    Code,
    /// Success.
    Success,
}

/// How a process, or an embedded app, has ended.
///
/// ```standalone_crate
/// use aplomb::{Absent, App, Status};
///
/// let ended = App::new(Absent, || (), Absent).run()?;
/// assert_eq!(ended.status, Status::Code(0));
/// # Ok::<(), aplomb::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// By exiting, with this status; 0 is success.
    Code(u8),
    /// By that signal.
    Signal(i32),
}

impl Status {
    /// `timeout(1)` has this one for the same purpose.
    pub(crate) const DEADLINE: Status = Status::Code(124);
    pub(crate) const PANIC: Status = Status::Code(101);
    pub(crate) const FAILURE: Status = Status::Code(1);

    /// What the process answers that signal with.
    pub(crate) fn after(signal: i32, exit: ExitPolicy) -> Status {
        match exit {
            ExitPolicy::Signal => Status::Signal(signal),
            ExitPolicy::Code => Status::Code(code_of(signal)),
            ExitPolicy::Success => Status::Code(0),
        }
    }

    /// The same when the user has forced the end, or nothing had begun: that is never a success.
    pub(crate) fn forced(signal: i32, exit: ExitPolicy) -> Status {
        match exit {
            ExitPolicy::Signal | ExitPolicy::Success => Status::Signal(signal),
            ExitPolicy::Code => Status::Code(code_of(signal)),
        }
    }

    /// The number to exit with.
    pub(crate) fn code(self) -> u8 {
        match self {
            Status::Code(code) => code,
            Status::Signal(signal) => code_of(signal),
        }
    }
}

fn code_of(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// How a phase, or something like one, has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Done,
    /// With a status other than success.
    Code(u8),
    /// With `Err(Cancelled)`, after a request; without one it is a failure like any other.
    Cancelled,
    Failed,
    Panicked,
}

impl End {
    /// Both of two ends: the graver one.
    pub(crate) fn and(self, other: End) -> End {
        let gravity = |end| match end {
            End::Done => 0,
            End::Code(_) => 1,
            End::Cancelled => 2,
            End::Failed => 3,
            End::Panicked => 4,
        };
        if gravity(other) > gravity(self) {
            other
        } else {
            self
        }
    }

    pub(crate) fn from_code(code: ExitCode) -> End {
        match number_of(code) {
            0 => End::Done,
            code => End::Code(code),
        }
    }
}

/// The number in an `ExitCode`, which does not tell it but can be compared.
fn number_of(code: ExitCode) -> u8 {
    (0..=u8::MAX)
        .find(|&number| ExitCode::from(number) == code)
        .unwrap_or(1)
}

/// Everything that decides the exit status, taken down as it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ledger {
    /// A deadline has passed, and the app has gone on nevertheless.
    pub(crate) overdue: bool,
    pub(crate) panicked: bool,
    pub(crate) failed: bool,
    /// From `run` or `stop`; the first one that is not success.
    pub(crate) code: Option<u8>,
    /// From `request_exit`.
    pub(crate) asked: Option<u8>,
    /// The first shutdown signal, or the one by which `run` was given up.
    pub(crate) signal: Option<i32>,
}

impl Ledger {
    /// A phase has ended.
    pub(crate) fn note(&mut self, end: End) {
        match end {
            End::Done | End::Cancelled => {}
            End::Code(code) => self.code = self.code.or(Some(code)),
            End::Failed => self.failed = true,
            End::Panicked => self.panicked = true,
        }
    }

    /// The first that applies: failure beats an explicit status, which beats the signal.
    pub(crate) fn status(&self, exit: ExitPolicy) -> Status {
        if self.overdue {
            Status::DEADLINE
        } else if self.panicked {
            Status::PANIC
        } else if self.failed {
            Status::FAILURE
        } else if let Some(code) = self.code.or(self.asked) {
            Status::Code(code)
        } else if let Some(signal) = self.signal {
            Status::after(signal, exit)
        } else {
            Status::Code(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(ends: &[End], signal: Option<i32>) -> Ledger {
        let mut ledger = Ledger {
            signal,
            ..Ledger::default()
        };
        for &end in ends {
            ledger.note(end);
        }
        ledger
    }

    #[test]
    fn the_first_that_applies() {
        let int = Some(2);
        let cases = [
            (&[][..], None, Status::Code(0)),
            (&[], int, Status::Signal(2)),
            (&[End::Cancelled], int, Status::Signal(2)),
            (&[End::Code(3)], int, Status::Code(3)),
            (&[End::Code(3), End::Code(4)], None, Status::Code(3)),
            (&[End::Code(3), End::Failed], int, Status::Code(1)),
            (&[End::Failed, End::Panicked], int, Status::Code(101)),
        ];
        for (ends, signal, status) in cases {
            assert_eq!(
                ledger(ends, signal).status(ExitPolicy::Signal),
                status,
                "{ends:?} {signal:?}"
            );
        }
    }

    #[test]
    fn an_asked_for_success_is_one() {
        let asked = Ledger {
            asked: Some(0),
            signal: Some(15),
            ..Ledger::default()
        };
        assert_eq!(asked.status(ExitPolicy::Signal), Status::Code(0));
    }

    #[test]
    fn signals_as_the_app_wants_them() {
        let ledger = ledger(&[], Some(15));
        assert_eq!(ledger.status(ExitPolicy::Code), Status::Code(143));
        assert_eq!(ledger.status(ExitPolicy::Success), Status::Code(0));
        assert_eq!(Status::forced(2, ExitPolicy::Success), Status::Signal(2));
    }

    #[test]
    fn reads_an_exit_code() {
        assert_eq!(End::from_code(ExitCode::SUCCESS), End::Done);
        assert_eq!(End::from_code(ExitCode::from(7)), End::Code(7));
    }
}
