//! What this library prints on standard error, and how long the end waits for it.
//!
//! A write may block: a pipe is full that nobody reads, or a terminal was stopped by Ctrl-S. So one thread, the
//! *writer*, prints, and all others put their text into a queue. The writer is there only while there is something to
//! print.
//!
//! The listener never waits for the writer. The app's thread waits for up to a second after an error, so that the error
//! is seen before what `stop` prints.
//!
//! # Who takes a line
//!
//! Where an app has a function for its lines, or none are wanted, a [`Taker`] gets them in place of the writer. A line
//! that says why the process ends with a failure is never lost: a [`Line`] that is dropped before it was taken is
//! printed.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Display;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::sync::{hand_over, lock};
use crate::sys::{self, PerProcess};

/// What is to be printed, and whether threads wait for it.
#[derive(Default)]
struct Reports {
    queue: VecDeque<String>,
    /// Whether the writer is there. The writer ends when the queue is empty and the last text was written.
    has_writer: bool,
    /// How many failures there are that were neither written nor taken.
    open: usize,
    /// Whether a failure was waited for in vain. Later ones come after it, so they are not waited for.
    overdue: bool,
    /// Whether no thread is to wait any longer for a stream that takes nothing.
    abandoned: bool,
}

impl Reports {
    /// Whether all was written or taken.
    fn are_done(&self) -> bool {
        !self.has_writer && self.open == 0
    }
}

/// Who takes lines in place of the writer: as long as the app is live that wants it so.
static TAKER: PerProcess<Mutex<Option<Arc<dyn Taker>>>> = PerProcess::new(Mutex::default);

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

/// Who takes lines in place of the writer.
pub(crate) trait Taker: Send + Sync {
    /// Takes a line. The caller may be any thread, and must not be kept waiting.
    fn take(&self, line: Line);
}

/// Has all lines go there from here on, or again to the writer.
pub(crate) fn set_taker(taker: Option<Arc<dyn Taker>>) {
    // The lock is for the change only: the taker of before is dropped behind it.
    let before = mem::replace(&mut *lock(&TAKER), taker);
    drop(before);
}

/// Takes nothing: what has to be said is printed.
pub(crate) struct Nobody;

impl Taker for Nobody {
    fn take(&self, line: Line) {
        // What is no failure is lost by that.
        drop(line);
    }
}

/// What a line is about, which says what it begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matter {
    /// An error, in the form that `main` has for it: why the process ends with a failure.
    Error,
    /// Another reason why the process ends with a failure.
    Failure,
    /// Everything else.
    Note,
}

/// A line that is to be printed, unless somebody takes it.
#[derive(Debug)]
pub(crate) struct Line {
    text: String,
    matter: Matter,
    /// Whether it was printed or taken.
    is_done: bool,
}

impl Line {
    fn new(text: impl Into<String>, matter: Matter) -> Self {
        let line = Line {
            text: text.into(),
            matter,
            is_done: false,
        };
        if line.is_failure() {
            if let Some(mut reports) = reports() {
                reports.open += 1;
            }
        }
        line
    }

    /// A line that says why the process ends with a failure.
    pub(crate) fn failure(text: &str) -> Self {
        Line::new(one_line(text), Matter::Failure)
    }

    /// A line about anything else.
    pub(crate) fn note(text: &str) -> Self {
        Line::new(one_line(text), Matter::Note)
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn matter(&self) -> Matter {
        self.matter
    }

    pub(crate) fn is_failure(&self) -> bool {
        self.matter != Matter::Note
    }

    /// The line with what it begins with on standard error.
    fn written(&self) -> String {
        let begins = match self.matter {
            Matter::Error => "Error",
            Matter::Failure | Matter::Note => "aplomb",
        };
        format!("{begins}: {}\n", self.text)
    }

    /// Notes that somebody has taken the line.
    pub(crate) fn taken(mut self) {
        self.is_done = true;
    }

    /// Has the writer print the line. The caller does not wait.
    pub(crate) fn print(mut self) {
        self.is_done = true;
        let most = if self.is_failure() {
            usize::MAX
        } else {
            MAX_QUEUED
        };
        enqueue(self.written(), most);
    }

    /// Hands the line to who takes it, or prints it. The caller does not wait.
    pub(crate) fn say(self) {
        match taker() {
            Some(taker) => taker.take(self),
            None => self.print(),
        }
    }
}

/// A failure that nobody has taken is printed.
impl Drop for Line {
    fn drop(&mut self) {
        if !self.is_failure() {
            return;
        }
        if !self.is_done {
            enqueue(self.written(), usize::MAX);
        }
        if let Some(mut reports) = reports() {
            reports.open = reports.open.saturating_sub(1);
            reports.overdue &= !reports.are_done();
        }
        CHANGED.notify_all();
    }
}

/// A text whose control characters are written as in a string literal of Rust's. A name that the program has from
/// elsewhere, of a thread or in a reason, could else begin a line of its own, or command the terminal.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return text.into();
    }
    let mut escaped = String::new();
    for character in text.chars() {
        if character.is_control() {
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    escaped.into()
}

fn taker() -> Option<Arc<dyn Taker>> {
    // In a forked child that lacks threads of its parent there is none, and no lock is taken.
    if sys::is_cut_off() {
        return None;
    }
    // The lock is for the copy only.
    lock(&TAKER).clone()
}

/// Locks the reports. Returns `None` in a forked child that lacks threads of its parent: nothing is started there that
/// it can do without, so it has no writer.
fn reports() -> Option<MutexGuard<'static, Reports>> {
    (!sys::is_cut_off()).then(|| lock(&REPORTS))
}

/// An app has ended, and the process goes on. Threads wait for the stream again, also where this app has ended without
/// waiting.
pub(crate) fn wait_again() {
    if let Some(mut reports) = reports() {
        reports.abandoned = false;
    }
}

/// Says an error, in the form that `main` has for it. Returns when the error was written or taken, or when that takes
/// too long.
pub(crate) fn error(text: &str) {
    error_unawaited(text);
    if reports().is_some_and(|reports| reports.abandoned || reports.overdue) {
        return flush();
    }
    wait(Some(WRITE_LIMIT), Reports::are_done);
    if let Some(mut reports) = reports() {
        reports.overdue = !reports.are_done();
    }
}

/// Says an error, from a thread that must not wait.
#[cold]
pub(crate) fn error_unawaited(text: &str) {
    Line::new(text, Matter::Error).say();
}

/// Says a line of this library's. The caller does not wait.
#[cold]
pub(crate) fn line(text: &str) {
    Line::note(text).say();
}

/// Says a picture, which has several lines. The caller does not wait.
#[cold]
pub(crate) fn picture(text: &impl Display) {
    Line::new(text.to_string(), Matter::Note).say();
}

/// Says why the process ends with a failure, where that is no error of a function. The caller does not wait.
#[cold]
pub(crate) fn failure(text: &str) {
    Line::failure(text).say();
}

/// Says a line from a thread of the user's, which may be outside of any app. The line is written at once: without an
/// app, no thread waits for the writer at the end of the process.
pub(crate) fn line_at_once(text: &str) {
    let line = Line::note(text);
    match taker() {
        Some(taker) => taker.take(line),
        None => sys::try_stderr(&line.written()),
    }
}

/// Writes why the process ends with a failure, where that ends at once.
pub(crate) fn failure_at_once(text: &str) {
    let line = Line::failure(text);
    sys::try_stderr(&line.written());
    line.taken();
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
    wait(None, |reports| !reports.has_writer);
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

/// Waits until this is so, or all was abandoned, or the time is up.
fn wait(limit: Option<Duration>, is_done: impl Fn(&Reports) -> bool) {
    let end = limit.map(|limit| Instant::now() + limit);
    let Some(mut reports) = reports() else {
        return;
    };
    while !is_done(&reports) && !reports.abandoned {
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
            reports.overdue &= !reports.are_done();
            drop(reports);
            return CHANGED.notify_all();
        };
        // The lock is released before the write, which may block: others must be able to add their texts.
        drop(reports);
        write(&text);
    }
}
