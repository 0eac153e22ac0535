//! What a program has left behind when it has ended, and the checks of that.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::transcript::Transcript;
use crate::{Signal, Stream};

/// What is there when a program has ended: the exit status, and all lines that it has printed.
///
/// [`Child::wait`](crate::Child::wait) returns it. Each check panics with the status and the last lines, and returns
/// `self` for the next one. What was printed without a newline at the end counts as a line, and what is not UTF-8 is
/// replaced.
#[derive(Clone, Debug)]
pub struct Output {
    status: ExitStatus,
    at: Instant,
    transcript: Transcript,
}

impl Output {
    pub(crate) fn new(status: ExitStatus, at: Instant, transcript: Transcript) -> Self {
        Self {
            status,
            at,
            transcript,
        }
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> ExitStatus {
        self.status
    }

    /// The exit code, unless a signal has ended the program.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// All lines of standard output.
    #[must_use]
    pub fn stdout(&self) -> Vec<String> {
        self.transcript.of(Stream::Stdout)
    }

    /// All lines of standard error.
    #[must_use]
    pub fn stderr(&self) -> Vec<String> {
        self.transcript.of(Stream::Stderr)
    }

    /// How many lines of standard output are this one.
    #[must_use]
    pub fn count(&self, line: &str) -> usize {
        self.stdout().iter().filter(|other| *other == line).count()
    }

    /// The time from an earlier moment to the end of the process; zero when the end came first.
    ///
    /// The end is when the kernel said so, and not when [`Child::wait`](crate::Child::wait) was called.
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.at.saturating_duration_since(earlier)
    }
}

#[expect(
    clippy::must_use_candidate,
    reason = "who wants no other check leaves what these return"
)]
impl Output {
    /// Checks a condition of the test's own. `message` says what was expected.
    ///
    /// # Panics
    ///
    /// When the condition is false.
    #[track_caller]
    pub fn assert(&self, condition: bool, message: &str) -> &Self {
        assert!(
            condition,
            "{message}\n  the process ended with {}; it had printed:\n{}",
            self.status, self.transcript
        );
        self
    }

    /// Checks that the program has exited with this code.
    ///
    /// # Panics
    ///
    /// When it has another one, or a signal has ended the program.
    #[track_caller]
    pub fn assert_code(&self, code: i32) -> &Self {
        self.assert(
            self.status.code() == Some(code),
            &format!("exit code {code} was expected"),
        )
    }

    /// Checks that this signal has ended the program, as [`died_by`](Self::died_by) tells.
    ///
    /// # Panics
    ///
    /// When the program has exited, or another signal has ended it.
    #[track_caller]
    pub fn assert_signal(&self, signal: Signal) -> &Self {
        self.assert(
            self.died_by(signal),
            &format!("an end by {signal} was expected"),
        )
    }

    /// Checks that these are all lines of standard output, in this order.
    ///
    /// # Panics
    ///
    /// When they are not.
    #[track_caller]
    pub fn assert_stdout(&self, lines: &[&str]) -> &Self {
        self.assert(
            self.stdout() == lines,
            &format!("stdout was expected to be {lines:?}"),
        )
    }

    /// Checks that standard output has these lines in this order, whatever is between them.
    ///
    /// # Panics
    ///
    /// When one of them is missing after the one before it.
    #[track_caller]
    pub fn assert_in_order(&self, lines: &[&str]) -> &Self {
        let stdout = self.stdout();
        let mut rest = stdout.iter();
        for line in lines {
            self.assert(
                rest.any(|other| other == line),
                &format!(
                    "stdout was expected to have {lines:?} in this order; {line:?} is missing"
                ),
            );
        }
        self
    }

    /// Checks that standard output has this line once.
    ///
    /// # Panics
    ///
    /// When the line is not there, or more than once.
    #[track_caller]
    pub fn assert_once(&self, line: &str) -> &Self {
        self.assert_times(line, 1)
    }

    /// Checks that standard output does not have this line.
    ///
    /// # Panics
    ///
    /// When the line is there.
    #[track_caller]
    pub fn assert_never(&self, line: &str) -> &Self {
        self.assert_times(line, 0)
    }

    /// Checks that standard output has this line so many times.
    ///
    /// # Panics
    ///
    /// When it has the line more or less often.
    #[track_caller]
    pub fn assert_times(&self, line: &str, times: usize) -> &Self {
        let count = self.count(line);
        self.assert(
            count == times,
            &format!("{line:?} was expected {times} times, and came {count} times"),
        )
    }

    /// Checks that the program has printed nothing to standard error.
    ///
    /// # Panics
    ///
    /// When it has.
    #[track_caller]
    pub fn assert_no_stderr(&self) -> &Self {
        self.assert(self.stderr().is_empty(), "stderr was expected to be empty")
    }

    /// Checks that one line of standard error, and no other, has all of these parts in it.
    ///
    /// # Panics
    ///
    /// When there is no such line, or more than one.
    #[track_caller]
    pub fn assert_stderr_once(&self, parts: &[&str]) -> &Self {
        let count = self.count_stderr(parts);
        self.assert(
            count == 1,
            &format!("stderr was expected to have one line with {parts:?}, and has {count}"),
        )
    }

    /// Checks that a line of standard error has all of these parts in it.
    ///
    /// # Panics
    ///
    /// When there is no such line.
    #[track_caller]
    pub fn assert_stderr(&self, parts: &[&str]) -> &Self {
        self.assert(
            self.count_stderr(parts) > 0,
            &format!("stderr was expected to have a line with {parts:?}"),
        )
    }
}

impl Output {
    fn count_stderr(&self, parts: &[&str]) -> usize {
        let stderr = self.stderr();
        let has_all = |line: &&String| parts.iter().all(|part| line.contains(part));
        stderr.iter().filter(has_all).count()
    }
}
