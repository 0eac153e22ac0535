//! What is said on standard error, and when.
//!
//! A write may block: a pipe is full that nobody reads, a terminal is stopped by Ctrl-S. So a thread of its own does it, which
//! is there as long as there is something to write, and all others hand over what they have to say. The listener waits
//! for nothing. The app's thread waits for a second, so that an error is seen before what `stop` prints.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::shield::ShieldInfo;
use crate::shutdown::Work;
use crate::sync::{hand_over, lock};
use crate::sys;

/// What is to be written, and who waits for that.
struct Reports {
    queue: VecDeque<String>,
    /// Whether the thread is there that writes. It goes when the queue is empty and all was written.
    served: bool,
    /// Whether one of them was waited for in vain: later ones are not waited for, since they come after it.
    overdue: bool,
    /// Whether nobody is to wait for them any more.
    abandoned: bool,
}

static REPORTS: Mutex<Reports> = Mutex::new(Reports {
    queue: VecDeque::new(),
    served: false,
    overdue: false,
    abandoned: false,
});

/// Told when all was written, or nobody is to wait for it.
static CHANGED: Condvar = Condvar::new();

/// How long an error, or the last words, may take to be written before the end goes on without.
const ENOUGH: Duration = Duration::from_secs(1);

/// How many are kept for a stream that takes nothing. What comes then is lost.
const MOST: usize = 64;

/// A phase has failed: as `main` would print it. Returns when that was written, or has taken too long.
pub(crate) fn failure(text: &str) {
    failure_unawaited(text);
    let overdue = lock(&REPORTS).overdue;
    if !overdue {
        wait(Some(ENOUGH));
        let mut reports = lock(&REPORTS);
        reports.overdue = reports.served;
    }
}

/// As [`failure`], from a thread that must not wait.
pub(crate) fn failure_unawaited(text: &str) {
    say(format!("Error: {text}\n"));
}

/// A line of ours. Nobody waits for it.
pub(crate) fn line(text: &str) {
    say(format!("aplomb: {text}\n"));
}

/// Nobody is to wait any more for what is not written yet.
pub(crate) fn abandon() {
    let mut reports = lock(&REPORTS);
    reports.abandoned = reports.served;
    drop(reports);
    CHANGED.notify_all();
}

/// The process ends in its own time: waits until all was written, or was [abandoned](abandon).
pub(crate) fn finish() {
    wait(None);
    flush();
}

/// The process ends now: waits until all was written, as long as the stream takes it.
pub(crate) fn flush() {
    // Until the stream is looked at again: nobody tells that it takes nothing any more.
    const MOMENT: Duration = Duration::from_millis(10);
    let end = Instant::now() + ENOUGH;
    let mut reports = lock(&REPORTS);
    while sys::is_home() && reports.served && sys::stderr_is_writable() && Instant::now() < end {
        let waited = CHANGED.wait_timeout(reports, MOMENT);
        reports = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Waits until all was written, or was abandoned, or the time is over.
fn wait(limit: Option<Duration>) {
    let end = limit.map(|limit| Instant::now() + limit);
    let mut reports = lock(&REPORTS);
    // In a forked child nobody writes.
    while sys::is_home() && reports.served && !reports.abandoned {
        let Some(end) = end else {
            reports = CHANGED
                .wait(reports)
                .unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        let waited = CHANGED.wait_timeout(reports, left);
        reports = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Hands it over to the thread that writes.
fn say(text: String) {
    if !sys::is_home() {
        // A forked child has none of the parent's threads, one of which may have held the lock.
        return sys::try_stderr(&text);
    }
    let mut reports = lock(&REPORTS);
    if reports.queue.len() < MOST {
        reports.queue.push_back(text);
    }
    if reports.served {
        return;
    }
    reports.served = true;
    drop(reports);
    if hand_over("aplomb-report", (), |()| write_all(sys::write_stderr)).is_err() {
        // There is no thread left: what the stream takes at once is all that can be said.
        write_all(sys::try_stderr);
    }
}

/// Writes until there is nothing left, in whole texts, so that nobody else's line comes in between.
fn write_all(write: impl Fn(&str)) {
    loop {
        let mut reports = lock(&REPORTS);
        let Some(text) = reports.queue.pop_front() else {
            reports.served = false;
            reports.overdue = false;
            reports.abandoned = false;
            drop(reports);
            return CHANGED.notify_all();
        };
        drop(reports);
        write(&text);
    }
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

    /// The user knows already that there is something to wait for.
    pub(crate) fn skip_first(&mut self) {
        self.next = self.next.max(SECOND);
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
    fn who_knows_already_hears_of_it_after_5_seconds() {
        let mut stragglers = Stragglers::new();
        stragglers.skip_first();
        assert!(!stragglers.are_due(Duration::from_secs(1)));
        assert!(stragglers.are_due(Duration::from_secs(5)));
        stragglers.skip_first();
        assert_eq!(stragglers.next(), Duration::from_secs(15));
    }

    #[test]
    fn a_long_pause_is_one_line() {
        let mut stragglers = Stragglers::new();
        assert!(stragglers.are_due(Duration::from_secs(100)));
        assert!(!stragglers.are_due(Duration::from_secs(101)));
    }
}
