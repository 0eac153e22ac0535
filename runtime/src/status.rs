//! The exit status: how a process can end, and what decides between several statuses.

use std::process::{ExitCode, ExitStatus};

use crate::sys::{code_of, signal_of};

/// How the process ends after a shutdown signal, where nothing has failed: the option `exit` of
/// [`#[app]`](macro@crate::app), with `"signal"`, `"code"` or `"success"`.
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
    /// The process dies by the signal, so that its parent sees it (`WIFSIGNALED`): a shell ends its loop, and systemd
    /// counts the stop as clean. PID 1 cannot die by a signal, and exits with status 128 + n, where n is the signal's
    /// number.
    #[default]
    Signal,
    /// The process exits with status 128 + n, where n is the signal's number. A shell shows the same status for a death
    /// by signal. This is for tools that lose their data when a process dies by a signal, such as those for coverage.
    /// It holds for the signal of a child as well, whose [`ExitStatus`] a phase has returned.
    Code,
    /// The process exits with status 0. Where a phase has returned the [`ExitStatus`] of a child that has died by a
    /// signal, the process dies by that signal.
    Success,
}

/// How a process has ended; or how an app has ended that is a part of a larger program, from
/// [`App::run`](crate::App::run).
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
    /// By an exit with this status. 0 is success.
    Code(u8),
    /// By the signal with this number. Where that signal ends no process, as SIGCHLD or SIGSTOP, the process exits with
    /// status 128 + n at once. A number that is no signal's is a failure, with status 1.
    Signal(i32),
}

impl Status {
    /// A deadline has passed. `timeout(1)` exits with this status for the same reason.
    pub(crate) const DEADLINE: Status = Status::Code(124);
    /// A panic. The standard library's `main` exits with this status for one.
    pub(crate) const PANIC: Status = Status::Code(101);
    /// An `Err`. The standard library's `main` exits with this status for one.
    pub(crate) const FAILURE: Status = Status::Code(1);

    /// The status after a shutdown signal, when the app has stopped in order.
    pub(crate) fn after(signal: i32, exit: ExitPolicy) -> Status {
        match exit {
            ExitPolicy::Signal => Status::Signal(signal),
            ExitPolicy::Code => Status::Code(code_of(signal)),
            ExitPolicy::Success => Status::Code(0),
        }
    }

    /// The status after a shutdown signal, when the app has not stopped in order: the user has forced the end, or the
    /// app had not started. That is never a success, so `ExitPolicy::Success` does not apply.
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

/// How a phase, or another piece of the user's code, has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Done,
    /// With an `ExitCode` other than success, or with the `ExitStatus` of a child that has exited with such a code.
    Code(u8),
    /// With the `ExitStatus` of a child that has died by this signal.
    Signal(i32),
    /// With `Err(Cancelled)`, after a request. Without a request that is `Failed`, like any other `Err`.
    Cancelled,
    Failed,
    Panicked,
}

impl End {
    /// The more severe of two ends; the first, where both are equally severe.
    pub(crate) fn and(self, other: End) -> End {
        let severity = |end| match end {
            End::Done => 0,
            // A status that a function has asked for counts more than the signal that has cancelled another one.
            End::Cancelled => 1,
            End::Code(_) | End::Signal(_) => 2,
            End::Failed => 3,
            End::Panicked => 4,
        };
        if severity(other) > severity(self) {
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

    pub(crate) fn from_status(status: ExitStatus) -> End {
        if let Some(signal) = signal_of(status) {
            return End::Signal(signal);
        }
        match status.code().map(u8::try_from) {
            Some(Ok(0)) => End::Done,
            Some(Ok(code)) => End::Code(code),
            // No process of Unix ends so: the value was made by hand, as of a child that is stopped.
            Some(Err(_)) | None => End::Code(1),
        }
    }
}

/// The number in an `ExitCode`. The type does not give its number away, but can be compared with each of the 256.
fn number_of(code: ExitCode) -> u8 {
    (0..=u8::MAX)
        .find(|&number| ExitCode::from(number) == code)
        .unwrap_or(1)
}

/// What has happened so far that decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ledger {
    /// `timeout(run)` has passed, and the app has gone on to `stop`; or the limit of one component's `stop` has. Every
    /// other deadline ends the process.
    pub(crate) overdue: bool,
    pub(crate) panicked: bool,
    pub(crate) failed: bool,
    /// The first status other than success that `run` or `stop` has returned: that of an `ExitCode`, or that of a
    /// child. It is [`End::Code`] or [`End::Signal`].
    returned: Option<Status>,
    /// The status of the first `request_exit`.
    pub(crate) asked: Option<u8>,
    /// The first shutdown signal; or the SIGINT on which an async `run` was dropped.
    pub(crate) signal: Option<i32>,
}

impl Ledger {
    /// Notes how a phase has ended.
    pub(crate) fn note(&mut self, end: End) {
        match end {
            End::Done | End::Cancelled => {}
            End::Code(code) => self.note_returned(Status::Code(code)),
            End::Signal(signal) => self.note_returned(Status::Signal(signal)),
            End::Failed => self.failed = true,
            End::Panicked => self.panicked = true,
        }
    }

    fn note_returned(&mut self, status: Status) {
        self.returned = self.returned.or(Some(status));
    }

    /// The exit status. The first of these that applies: a deadline, a panic, an `Err`, a status that a phase has
    /// returned, one that code has asked for, a signal, success.
    pub(crate) fn status(&self, exit: ExitPolicy) -> Status {
        if self.overdue {
            Status::DEADLINE
        } else if self.panicked {
            Status::PANIC
        } else if self.failed {
            Status::FAILURE
        } else if let Some(status) = self.returned {
            match status {
                Status::Code(_) => status,
                // As a child has died, and not as a request has come: that may have been no success, so it is none
                // here.
                Status::Signal(signal) => Status::forced(signal, exit),
            }
        } else if let Some(code) = self.asked {
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
            (&[End::Signal(9), End::Code(4)], int, Status::Signal(9)),
            (&[End::Code(4), End::Signal(9)], int, Status::Code(4)),
            (&[End::Signal(9), End::Failed], int, Status::Code(1)),
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
    fn of_two_ends_the_more_severe_one_counts() {
        let ends = [
            End::Done,
            End::Cancelled,
            End::Code(3),
            End::Failed,
            End::Panicked,
        ];
        for (position, &more) in ends.iter().enumerate() {
            for &less in &ends[..position] {
                assert_eq!((less.and(more), more.and(less)), (more, more));
            }
        }
        assert_eq!(End::Code(3).and(End::Code(4)), End::Code(3));
        assert_eq!(End::Code(3).and(End::Signal(9)), End::Code(3));
        assert_eq!(End::Signal(9).and(End::Code(3)), End::Signal(9));
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
    fn a_child_s_death_is_never_a_success() {
        let ledger = ledger(&[End::Signal(15)], Some(15));
        let status = |exit| ledger.status(exit);
        assert_eq!(status(ExitPolicy::Signal), Status::Signal(15));
        assert_eq!(status(ExitPolicy::Success), Status::Signal(15));
        assert_eq!(status(ExitPolicy::Code), Status::Code(143));
    }

    #[test]
    fn reads_an_exit_code() {
        assert_eq!(End::from_code(ExitCode::SUCCESS), End::Done);
        assert_eq!(End::from_code(ExitCode::from(7)), End::Code(7));
    }

    #[cfg(unix)]
    #[test]
    fn reads_the_status_of_a_child() {
        use std::os::unix::process::ExitStatusExt;

        let end = |raw| End::from_status(ExitStatus::from_raw(raw));
        assert_eq!(end(0), End::Done);
        assert_eq!(end(7 << 8), End::Code(7));
        assert_eq!(end(0xff00), End::Code(255));
        assert_eq!(end(9), End::Signal(9));
        // With the mark of a core.
        assert_eq!(end(0x80 | 0xb), End::Signal(11));
        // A child that is stopped has not ended.
        assert_eq!(end(0x137f), End::Code(1));
    }
}
