//! What this library prints on standard error, and how long the end waits for it.
//!
//! A write may block: a pipe is full that nobody reads, or a terminal was stopped by Ctrl-S. So one thread, the
//! *writer*, prints, and all others put their text into a queue. The writer is there only while there is something to
//! print.
//!
//! The listener never waits for the writer. The app's thread waits for up to a second after an error, so that the error
//! is seen before what `stop` prints.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::sync::{hand_over, lock};
use crate::sys::{self, PerProcess};

/// What is to be printed, and whether threads wait for it.
#[derive(Default)]
struct Reports {
    queue: VecDeque<String>,
    /// Whether the writer is there. The writer ends when the queue is empty and the last text was written.
    has_writer: bool,
    /// Whether a text was waited for in vain. Later texts come after it in the queue, so they are not waited for.
    overdue: bool,
    /// Whether no thread is to wait any longer for a stream that takes nothing.
    abandoned: bool,
}

/// What the parent of a forked child has in its queue is printed by the parent.
static REPORTS: PerProcess<Mutex<Reports>> = PerProcess::new(Mutex::default);

/// Notified when everything was written, and when no thread is to wait for it any longer.
static CHANGED: PerProcess<Condvar> = PerProcess::new(Condvar::new);

/// How long the end waits for an error, or for the last text, to be written.
const WRITE_LIMIT: Duration = Duration::from_secs(1);

/// How long a stream may take nothing until it counts as one that nobody reads.
const STALL_LIMIT: Duration = Duration::from_millis(100);

/// How many lines are kept for a stream that takes nothing. Further lines are lost, so that the memory is bounded.
const MAX_QUEUED: usize = 64;

/// Locks the reports. Returns `None` in a forked child that lacks threads of its parent: nothing is started there that it can do
/// without, so it has no writer.
fn reports() -> Option<MutexGuard<'static, Reports>> {
    (!sys::is_cut_off()).then(|| lock(&REPORTS))
}

/// An app has ended, and the process goes on. Threads wait for the stream again, also where this app has ended without waiting.
pub(crate) fn wait_again() {
    if let Some(mut reports) = reports() {
        reports.abandoned = false;
    }
}

/// Prints an error in the form that `main` has for it. Returns when the error was written, or when that takes too long.
pub(crate) fn failure(text: &str) {
    failure_unawaited(text);
    if reports().is_some_and(|reports| reports.abandoned || reports.overdue) {
        return flush();
    }
    wait(Some(WRITE_LIMIT));
    if let Some(mut reports) = reports() {
        reports.overdue = reports.has_writer;
    }
}

/// Prints an error, from a thread that must not wait.
pub(crate) fn failure_unawaited(text: &str) {
    enqueue(format!("Error: {text}\n"), usize::MAX);
}

/// Prints a line of this library's. The caller does not wait.
pub(crate) fn line(text: &str) {
    enqueue(format!("aplomb: {text}\n"), MAX_QUEUED);
}

/// Prints a line of this library's from a thread of the user's, which may be outside of any app. The line is written at
/// once: without an app, no thread waits for the writer at the end of the process.
pub(crate) fn line_at_once(text: &str) {
    sys::try_stderr(&format!("aplomb: {text}\n"));
}

/// From here on, no thread waits for a stream that takes nothing.
pub(crate) fn abandon() {
    if let Some(mut reports) = reports() {
        reports.abandoned = true;
    }
    CHANGED.notify_all();
}

/// Waits until everything was written, or was [abandoned](abandon), for a process that ends in its own time.
pub(crate) fn finish() {
    wait(None);
    flush();
}

/// Waits until everything was written, but only while the stream takes something and for a second at the most, for a
/// process that ends now.
pub(crate) fn flush() {
    // How often the stream is looked at. No event tells that a stream takes nothing any more, so this wait has to poll.
    const SOON: Duration = Duration::from_millis(10);
    let began = Instant::now();
    let mut taken = began;
    let Some(mut reports) = reports() else {
        return;
    };
    while reports.has_writer {
        let now = Instant::now();
        if sys::stderr_is_writable() {
            taken = now;
        }
        if now - taken >= STALL_LIMIT || now - began >= WRITE_LIMIT {
            return;
        }
        let waited = CHANGED.wait_timeout(reports, SOON);
        reports = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Waits until everything was written, or was abandoned, or the time is up.
fn wait(limit: Option<Duration>) {
    let end = limit.map(|limit| Instant::now() + limit);
    let Some(mut reports) = reports() else {
        return;
    };
    while reports.has_writer && !reports.abandoned {
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

/// Puts a text into the queue, and starts the writer if it is not there. The text is dropped where so many are in the
/// queue already and the stream takes nothing.
fn enqueue(text: String, most: usize) {
    let Some(mut reports) = reports() else {
        return sys::try_stderr(&text);
    };
    if reports.queue.len() < most || sys::stderr_is_writable() {
        reports.queue.push_back(text);
    }
    if reports.has_writer {
        return;
    }
    reports.has_writer = true;
    drop(reports);
    if hand_over("aplomb-report", (), |()| write_all(sys::write_stderr)).is_err() {
        // The system has no thread left. This thread must not block, so it writes what the stream takes at once.
        write_all(sys::try_stderr);
    }
}

/// Writes until the queue is empty. Each text is one write, so as a rule no other line gets into it.
fn write_all(write: impl Fn(&str)) {
    loop {
        let mut reports = lock(&REPORTS);
        let Some(text) = reports.queue.pop_front() else {
            // The writer takes the mark back behind the lock, and only when the queue is empty. So a text that comes
            // later starts a new writer.
            reports.has_writer = false;
            reports.overdue = false;
            drop(reports);
            return CHANGED.notify_all();
        };
        // The lock is released before the write, which may block: others must be able to add their texts.
        drop(reports);
        write(&text);
    }
}
