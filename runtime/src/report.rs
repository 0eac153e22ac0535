//! What is said on standard error, and when.
//!
//! The listener says it, so it must not block: see [`try_stderr`](crate::sys::try_stderr). What
//! the app's own thread says goes the usual way, but never panics: the terminal may be gone.

use std::io::{self, Write};
use std::time::Duration;

use crate::shield::ShieldInfo;
use crate::shutdown::Work;
use crate::sys;

/// A phase has failed: as `main` would print it.
pub(crate) fn failure(text: &str) {
    // Nothing can be done where standard error is gone.
    // In one write, so that nobody else's line comes in between.
    let _ = io::stderr().write_all(format!("Error: {text}\n").as_bytes());
}

/// The same from a thread that must not block: it is lost where standard error takes nothing now.
#[cfg(feature = "process")]
pub(crate) fn failure_at_once(text: &str) {
    sys::try_stderr(&format!("Error: {text}\n"));
}

/// A line from the listener.
pub(crate) fn line(text: &str) {
    sys::try_stderr(&format!("aplomb: {text}\n"));
}

/// When those who hold the exit up are named: after 1 s, 5 s, and then every 10 s.
#[derive(Debug)]
pub(crate) struct Stragglers {
    next: Duration,
}

const FIRST: Duration = Duration::from_secs(1);
const SECOND: Duration = Duration::from_secs(5);
const THEN: Duration = Duration::from_secs(10);

impl Stragglers {
    pub(crate) fn new() -> Self {
        Stragglers { next: FIRST }
    }

    /// When it is time, counted from the beginning of the wait.
    pub(crate) fn next(&self) -> Duration {
        self.next
    }

    /// Whether it is time, so long after the beginning of the wait.
    pub(crate) fn are_due(&mut self, waited: Duration) -> bool {
        if waited < self.next {
            return false;
        }
        while self.next <= waited {
            self.next = match self.next {
                FIRST => SECOND,
                next => next + THEN,
            };
        }
        true
    }
}

/// A line for each shield that is held.
pub(crate) fn name_holders(holders: &[ShieldInfo]) {
    for holder in holders {
        line(&format!("waiting for shield {holder}"));
    }
}

/// A line for each thing that components are doing.
pub(crate) fn name_works(works: &[Work]) {
    for work in works {
        line(&format!("waiting for {work}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stragglers_after_1_5_15_25_seconds() {
        let mut stragglers = Stragglers::new();
        let due: Vec<u64> = (0..30)
            .filter(|&second| stragglers.are_due(Duration::from_secs(second)))
            .collect();
        assert_eq!(due, [1, 5, 15, 25]);
    }

    #[test]
    fn a_long_pause_is_one_line() {
        let mut stragglers = Stragglers::new();
        assert!(stragglers.are_due(Duration::from_secs(100)));
        assert!(!stragglers.are_due(Duration::from_secs(101)));
    }
}
