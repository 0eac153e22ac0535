//! What is said on standard error, and when.
//!
//! A write may block: a pipe is full that nobody reads, a terminal is stopped by Ctrl-S. So a thread of its own does it, which
//! is there as long as there is something to write, and all others hand over what they have to say. The listener waits
//! for nothing. The app's thread waits for a second, so that an error is seen before what `stop` prints.

use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::sync::{hand_over, lock};
use crate::sys;

/// What is to be written, and who waits for that.
struct Reports {
    queue: VecDeque<String>,
    /// Whether the thread is there that writes. It goes when the queue is empty and all was written.
    served: bool,
    /// Whether one of them was waited for in vain: later ones are not waited for, since they come after it.
    overdue: bool,
    /// Whether nobody is to wait any more for a stream that takes nothing.
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

/// Whether this is a forked child in which the lock is held by a thread of the parent's, which is not there.
static ORPHANED: AtomicBool = AtomicBool::new(false);

/// How long an error, or the last words, may take to be written before the end goes on without.
const ENOUGH: Duration = Duration::from_secs(1);

/// How long a stream may take nothing that somebody reads.
const A_MOMENT: Duration = Duration::from_millis(100);

/// How many lines of ours are kept for a stream that takes nothing. What comes then is lost.
const MOST: usize = 64;

/// `None` in a forked child, which has none of the parent's threads, and may not even ask for the lock.
fn reports() -> Option<MutexGuard<'static, Reports>> {
    let has_threads = sys::is_home() && !ORPHANED.load(Ordering::Relaxed);
    has_threads.then(|| lock(&REPORTS))
}

/// An app begins: what was given up is that of another one.
pub(crate) fn begin() {
    if let Some(mut reports) = reports() {
        reports.abandoned = false;
    }
}

/// In a forked child, which is to have an app of its own: what was to be written is the parent's.
pub(crate) fn forget() {
    match REPORTS.try_lock() {
        Ok(mut reports) => {
            std::mem::forget(std::mem::take(&mut reports.queue));
            (reports.served, reports.overdue, reports.abandoned) = (false, false, false);
        }
        Err(_) => ORPHANED.store(true, Ordering::Relaxed),
    }
}

/// A phase has failed: as `main` would print it. Returns when that was written, or has taken too long.
pub(crate) fn failure(text: &str) {
    failure_unawaited(text);
    if reports().is_some_and(|reports| reports.abandoned || reports.overdue) {
        return flush();
    }
    wait(Some(ENOUGH));
    if let Some(mut reports) = reports() {
        reports.overdue = reports.served;
    }
}

/// As [`failure`], from a thread that must not wait.
pub(crate) fn failure_unawaited(text: &str) {
    say(format!("Error: {text}\n"), usize::MAX);
}

/// A line of ours. Nobody waits for it.
pub(crate) fn line(text: &str) {
    say(format!("aplomb: {text}\n"), MOST);
}

/// As [`line`], from a thread of the user's: at once, since there may be no app, and nobody who waits for what is said at the end of
/// the process.
pub(crate) fn line_at_once(text: &str) {
    sys::try_stderr(&format!("aplomb: {text}\n"));
}

/// From here on nobody is to wait for a stream that takes nothing.
pub(crate) fn abandon() {
    if let Some(mut reports) = reports() {
        reports.abandoned = true;
    }
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
    const SOON: Duration = Duration::from_millis(10);
    let began = Instant::now();
    let mut taken = began;
    let Some(mut reports) = reports() else {
        return;
    };
    while reports.served {
        let now = Instant::now();
        if sys::stderr_is_writable() {
            taken = now;
        }
        if now - taken >= A_MOMENT || now - began >= ENOUGH {
            return;
        }
        let waited = CHANGED.wait_timeout(reports, SOON);
        reports = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Waits until all was written, or was abandoned, or the time is over.
fn wait(limit: Option<Duration>) {
    let end = limit.map(|limit| Instant::now() + limit);
    let Some(mut reports) = reports() else {
        return;
    };
    while reports.served && !reports.abandoned {
        let Some(end) = end else {
            let waited = CHANGED.wait(reports);
            reports = waited.unwrap_or_else(PoisonError::into_inner);
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

/// Hands it over to the thread that writes; not where so many wait already, and the stream takes nothing.
fn say(text: String, most: usize) {
    let Some(mut reports) = reports() else {
        return sys::try_stderr(&text);
    };
    if reports.queue.len() < most || sys::stderr_is_writable() {
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

/// Writes until there is nothing left, each text by itself, so that as a rule nobody else's line comes in between.
fn write_all(write: impl Fn(&str)) {
    loop {
        let mut reports = lock(&REPORTS);
        let Some(text) = reports.queue.pop_front() else {
            reports.served = false;
            reports.overdue = false;
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

/// A line that names something that holds the end up.
pub(crate) fn waiting_for(what: impl Display) {
    line(&format!("waiting for {what}"));
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
