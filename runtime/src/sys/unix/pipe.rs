//! The readers of the pipes that we print to: `pipe(7)`.
//!
//! A Ctrl-C goes to all of `prog | tee log`. `tee` dies at once, and what `prog` prints after that would fail. To
//! notice a death takes a moment in which `prog` may print, and both happen at the same time, mostly: a watch alone was
//! too late in one of some ten runs (measured). So the signal handler makes us a reader as well, before anybody hears
//! of the signal, and no write fails. We never read: what is there is the other reader's.
//!
//! For a signal that a process has sent there is the watch alone: to open the ends takes some microseconds, for which
//! those who wait for the signal would wait.
//!
//! Linux opens a pipe once more by its link in `/proc/self/fd` (`proc(5)`). Elsewhere no such way is known, so there is
//! the watch alone.

use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use super::kernel::{is_half_full, reading_end};
use super::poll::{Source, note_closed, poll, pollfds};
use super::stdio::{OUTPUTS, replace_if_lost, replace_lost_streams};
use crate::sys::wait::or_a_moment;

/// Our own reading ends of standard output and standard error, where these are pipes: a place for each, where handlers
/// leave what they have opened, and the listener takes it.
#[derive(Debug)]
pub(crate) struct ReadingEnds([AtomicI32; OUTPUTS.len()]);

/// In a place, this says that a handler may open an end.
const NONE: libc::c_int = -1;

/// In a place, this says that the listener has the end. So a storm of signals opens no more than one for each stream.
const HANDED_OUT: libc::c_int = -2;

impl ReadingEnds {
    pub(crate) const fn new() -> Self {
        ReadingEnds([const { AtomicI32::new(NONE) }; OUTPUTS.len()])
    }

    /// Opens the reading ends when a Ctrl-C was typed, which the readers have got, too. Async-signal-safe: it calls
    /// fstat, open and close, and uses atomics.
    pub(crate) fn open(&self) {
        for (place, output) in self.0.iter().zip(OUTPUTS) {
            // Relaxed: only a guess that saves the calls below. The exchange decides.
            if place.load(Ordering::Relaxed) != NONE {
                continue;
            }
            let Some(end) = reading_end(output) else {
                continue;
            };
            let end = end.into_raw_fd();
            // Release: whoever takes it out sees an open descriptor. The exchange fails where another handler was
            // faster.
            let kept = place.compare_exchange(NONE, end, Ordering::Release, Ordering::Relaxed);
            if kept.is_err() {
                // SAFETY: nobody else knows this descriptor, which was made just now.
                unsafe { libc::close(end) };
            }
        }
    }

    /// Hands the listener those ends that handlers have opened since it asked last.
    fn hand_out(&self) -> impl Iterator<Item = OwnedFd> {
        let is_new = |end| (end >= 0).then_some(HANDED_OUT);
        self.0.iter().filter_map(move |place| {
            // Acquire: the listener goes on after the handler that has opened the end.
            let end = place.fetch_update(Ordering::Acquire, Ordering::Relaxed, is_new);
            // SAFETY: a handler has made it and put it here, and whoever takes it out is its only owner.
            end.ok().map(|end| unsafe { OwnedFd::from_raw_fd(end) })
        })
    }

    /// Closes what nobody has asked for, when no handler is there any more.
    pub(crate) fn close(&self) {
        self.hand_out().for_each(drop);
        self.reset();
    }

    /// Lets the next signal open ends again. The listener calls this when it has closed those that it had.
    fn reset(&self) {
        for place in &self.0 {
            // Relaxed: nothing is handed over. The exchange fails where a handler has opened another one in the
            // meantime, or none.
            let _ = place.compare_exchange(HANDED_OUT, NONE, Ordering::Relaxed, Ordering::Relaxed);
        }
    }
}

impl Drop for ReadingEnds {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the listener does about the readers of standard output and standard error while the app stops.
#[derive(Debug)]
pub(crate) struct Readers {
    /// Our own reading ends, which keep writes from failing.
    held: Vec<OwnedFd>,
    since: Instant,
    /// When the other readers are looked at next, counted from `since`.
    next: Duration,
    /// Which of the two streams is watched for the end of its reader.
    watched: [bool; OUTPUTS.len()],
}

/// How long a reader that got the same signal has to die of it.
const TO_DIE: Duration = Duration::from_millis(250);

/// When the readers are looked at for the first time; then after twice that time, and so on.
const FIRST_LOOK: Duration = Duration::from_millis(1);

impl Readers {
    pub(crate) fn new() -> Self {
        Readers {
            held: Vec::new(),
            since: Instant::now(),
            next: FIRST_LOOK,
            watched: [false; OUTPUTS.len()],
        }
    }

    /// Has the listener woken when a reader ends, from here on. This is called when the app stops.
    pub(crate) fn watch(&mut self) {
        self.watched = [true; OUTPUTS.len()];
    }

    /// Takes over what handlers have opened, and does what is due. Returns how long it is until there is something to
    /// do again.
    ///
    /// We can see whether the other readers live only while we are no reader. If they are dead, whoever prints at that
    /// very moment fails. So this looks once, when they have had the time to die. It looks earlier only where the next
    /// one to print may have to wait for room, which nobody would make.
    pub(crate) fn attend(&mut self, ends: &ReadingEnds) -> Option<Duration> {
        let known = self.held.len();
        self.held.extend(ends.hand_out());
        if known == 0 && !self.held.is_empty() {
            (self.since, self.next) = (Instant::now(), FIRST_LOOK);
        }
        if self.held.is_empty() {
            return None;
        }
        let passed = self.since.elapsed();
        if passed >= TO_DIE || passed >= self.next && self.held.iter().any(is_half_full) {
            // Ours are closed first, since they hide that the others are gone. A handler that opens one right after the
            // reset hides it again; the next look takes that one over.
            self.held.clear();
            ends.reset();
            replace_lost_streams();
            return None;
        }
        while self.next <= passed {
            self.next *= 2;
        }
        Some(self.next.min(TO_DIE).saturating_sub(passed))
    }

    /// Sleeps as [`wait`](fn@crate::sys::wait) does, and also wakes when a reader ends that is watched. Then its stream
    /// is replaced.
    pub(crate) fn wait(&mut self, sources: &[&dyn Source], timeout: Option<Duration>) {
        let mut polled = pollfds(sources);
        let outputs = polled.len();
        polled.extend(OUTPUTS.into_iter().zip(self.watched).map(|(fd, watched)| {
            libc::pollfd {
                // A negative descriptor is passed over by `poll(2)`.
                fd: if watched { fd } else { -1 },
                events: 0,
                revents: 0,
            }
        }));
        let ready = poll(&mut polled, timeout);
        note_closed(sources, &polled);
        or_a_moment(ready, timeout);
        let told = polled[outputs..].iter().map(|polled| polled.revents != 0);
        for ((fd, watched), told) in OUTPUTS.into_iter().zip(&mut self.watched).zip(told) {
            if told {
                // The watch ends also where the stream is not open at all, or cannot be replaced: otherwise the
                // listener would never sleep again.
                *watched = false;
                replace_if_lost(fd);
            }
        }
    }
}
