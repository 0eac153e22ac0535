//! How a program ended, and what it had said by then.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::transcript::{Stream, Transcript};

/// Every check panics with the whole transcript, and returns `self` for the next one.
#[derive(Debug)]
pub struct Ending {
    status: ExitStatus,
    at: Instant,
    transcript: Transcript,
}

impl Ending {
    pub(super) fn new(status: ExitStatus, at: Instant, transcript: Transcript) -> Self {
        Self {
            status,
            at,
            transcript,
        }
    }

    #[track_caller]
    pub fn check(&self, is_so: bool, what: &str) -> &Self {
        assert!(
            is_so,
            "{what}\n  the process ended with {}; it had said:\n{}",
            self.status, self.transcript
        );
        self
    }

    /// Killed by this signal: the parent's `WIFSIGNALED`, not a number that looks like it.
    #[track_caller]
    pub fn died_by(&self, signal: Signal) -> &Self {
        self.check(
            self.status.signal() == Some(signal as i32) && self.status.code().is_none(),
            &format!("death by {signal} was due"),
        )
    }

    #[track_caller]
    pub fn exited(&self, code: i32) -> &Self {
        self.check(
            self.status.code() == Some(code) && self.status.signal().is_none(),
            &format!("exit {code} was due"),
        )
    }

    pub fn signal(&self) -> Option<i32> {
        self.status.signal()
    }

    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// The lines of stdout, all of them, in this order.
    #[track_caller]
    pub fn said(&self, lines: &[&str]) -> &Self {
        self.check(
            self.stdout() == lines,
            &format!("stdout was to be {lines:?}"),
        )
    }

    /// These lines of stdout in this order, whatever was said between them.
    #[track_caller]
    pub fn in_order(&self, lines: &[&str]) -> &Self {
        let said = self.stdout();
        let mut rest = said.iter();
        for wanted in lines {
            self.check(
                rest.any(|line| line == wanted),
                &format!("stdout was to have {lines:?} in this order; {wanted:?} is missing"),
            );
        }
        self
    }

    #[track_caller]
    pub fn once(&self, line: &str) -> &Self {
        self.times(line, 1)
    }

    #[track_caller]
    pub fn never(&self, line: &str) -> &Self {
        self.times(line, 0)
    }

    #[track_caller]
    pub fn times(&self, line: &str, due: usize) -> &Self {
        let times = self.count(line);
        self.check(
            times == due,
            &format!("{line:?} was due {due} times, and came {times} times"),
        )
    }

    pub fn count(&self, line: &str) -> usize {
        self.stdout().iter().filter(|said| *said == line).count()
    }

    #[track_caller]
    pub fn quiet(&self) -> &Self {
        self.check(self.stderr().is_empty(), "stderr was to be empty")
    }

    /// The same where an end that took long may have said so, as it does on a machine that is busy elsewhere.
    #[allow(dead_code, reason = "the rows count what is waited for")]
    #[track_caller]
    pub fn quiet_but_for_waiting(&self) -> &Self {
        let waiting = |line: &String| line.starts_with("aplomb: waiting for ");
        self.check(
            self.stderr().iter().all(waiting),
            "stderr was to say nothing but what is waited for",
        )
    }

    /// Exactly one line of stderr has this in it.
    #[track_caller]
    pub fn complained_once(&self, part: &str) -> &Self {
        let times = self
            .stderr()
            .iter()
            .filter(|line| line.contains(part))
            .count();
        self.check(
            times == 1,
            &format!("stderr was to have one line with {part:?}, has {times}"),
        )
    }

    /// Some line of stderr has all of this in it.
    #[track_caller]
    pub fn complained_of(&self, parts: &[&str]) -> &Self {
        let is_so = self
            .stderr()
            .iter()
            .any(|line| parts.iter().all(|part| line.contains(part)));
        self.check(is_so, &format!("stderr was to have a line with {parts:?}"))
    }

    pub fn stdout(&self) -> Vec<String> {
        self.transcript.of(Stream::Out)
    }

    pub fn stderr(&self) -> Vec<String> {
        self.transcript.of(Stream::Err)
    }

    /// From `since` to the end of the process.
    pub fn after(&self, since: Instant) -> Duration {
        self.at.saturating_duration_since(since)
    }
}
