//! Sleeping until something is ready: `poll(2)`.
//!
//! Linux, FreeBSD and OpenBSD have `ppoll(2)`, which counts in nanoseconds. Elsewhere the system or the `libc` crate has none, and
//! `poll(2)` counts in milliseconds. On Apple's systems it knows no devices, says its page: of a terminal nothing is learned there.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys::Interest;
use crate::sys::closed::note_closed_descriptor;

/// What a thread can sleep on: an [`Event`](super::Event), the end of a process, a descriptor of the user's.
pub(crate) trait Source {
    /// Returns what `poll(2)` takes for this source. Only this folder uses that.
    fn pollfd(&self) -> libc::pollfd;

    /// Whether the descriptor is the library's own, and not one of the user's.
    fn is_ours(&self) -> bool {
        true
    }
}

/// A descriptor of the user's, and what is to be waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Descriptor<'a> {
    fd: BorrowedFd<'a>,
    interest: Interest,
}

impl<'a> Descriptor<'a> {
    pub(crate) fn new(of: &'a impl AsFd, interest: Interest) -> Self {
        let fd = of.as_fd();
        Descriptor { fd, interest }
    }
}

impl Source for Descriptor<'_> {
    fn pollfd(&self) -> libc::pollfd {
        pollfd(&self.fd, self.interest)
    }

    fn is_ours(&self) -> bool {
        false
    }
}

pub(super) fn pollfd(of: &impl AsFd, interest: Interest) -> libc::pollfd {
    libc::pollfd {
        fd: of.as_fd().as_raw_fd(),
        events: match interest {
            Interest::Read => libc::POLLIN,
            Interest::Write => libc::POLLOUT,
            Interest::Both => libc::POLLIN | libc::POLLOUT,
        },
        revents: 0,
    }
}

/// Sleeps until a source is ready, or the time is up. Returns the position of the first source that is ready.
///
/// This is for loops that look for themselves what has happened: it may return for nothing, as when a signal handler
/// has run on this thread. Where `poll(2)` fails, because foreign code has closed a descriptor of ours or the kernel
/// has no memory, this sleeps for a moment instead, so that the loop goes on and does not spin. In the first case the
/// process ends.
pub(crate) fn wait(sources: &[&dyn Source], timeout: Option<Duration>) -> Option<usize> {
    let mut polled = pollfds(sources);
    let ready = wait_on(&mut polled, timeout);
    note_closed(sources, &polled);
    ready
}

/// Looks whether descriptors of ours turned out to be closed. Returns whether the process ends for that.
pub(super) fn note_closed(sources: &[&dyn Source], polled: &[libc::pollfd]) -> bool {
    let mut both = sources.iter().zip(polled);
    both.any(|(source, polled)| source.is_ours() && polled.revents & libc::POLLNVAL != 0)
        && note_closed_descriptor()
}

/// Sleeps like [`wait`], on sources that are in the form of `poll(2)` already.
pub(super) fn wait_on(polled: &mut [libc::pollfd], timeout: Option<Duration>) -> Option<usize> {
    const MOMENT: Duration = Duration::from_millis(20);
    poll(polled, timeout).unwrap_or_else(|_| {
        thread::sleep(timeout.map_or(MOMENT, |timeout| timeout.min(MOMENT)));
        None
    })
}

/// Sleeps until a source is ready, and goes on sleeping after a signal. Returns the position of the first source that
/// is ready, or `None` when the time is up.
///
/// # Errors
///
/// Those of `poll(2)`: a descriptor is not open, or the kernel has no memory left. Where the descriptor is one of ours
/// the process ends, and this does not return.
pub(crate) fn wait_until_ready(
    sources: &[&dyn Source],
    timeout: Option<Duration>,
) -> io::Result<Option<usize>> {
    let mut polled = pollfds(sources);
    // A time that is too far away to be counted means for ever.
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let polling = poll(&mut polled, left);
        while polling.is_err() && note_closed(sources, &polled) {
            // Another thread ends the process. If this one went on, its error could end the app before.
            thread::park();
        }
        let ready = polling?;
        if ready.is_some() || end.is_some_and(|end| Instant::now() >= end) {
            return Ok(ready);
        }
    }
}

pub(super) fn pollfds(sources: &[&dyn Source]) -> Vec<libc::pollfd> {
    sources.iter().map(|source| source.pollfd()).collect()
}

/// Calls `poll(2)` once. Returns the position of the first descriptor that has something to tell, or `None` when the
/// time is up, and when a signal handler has run.
pub(super) fn poll(
    polled: &mut [libc::pollfd],
    timeout: Option<Duration>,
) -> io::Result<Option<usize>> {
    if call(polled, timeout) < 0 {
        let error = io::Error::last_os_error();
        return match error.kind() {
            io::ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        };
    }
    if polled.iter().any(|slot| slot.revents & libc::POLLNVAL != 0) {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    Ok(polled.iter().position(|slot| slot.revents != 0))
}

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "openbsd"
))]
fn call(polled: &mut [libc::pollfd], timeout: Option<Duration>) -> libc::c_int {
    use std::ptr;

    #[allow(
        clippy::unnecessary_fallible_conversions,
        reason = "a `long` has 32 bits on some systems; the nanoseconds fit there too"
    )]
    let timeout = timeout.map(|timeout| libc::timespec {
        // The type is not named: on musl `libc` warns of its name. What does not fit is longer than 68 years.
        tv_sec: timeout.as_secs().try_into().unwrap_or(i32::MAX.into()),
        tv_nsec: libc::c_long::try_from(timeout.subsec_nanos()).unwrap_or(0),
    });
    let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    let count = polled.len().try_into().unwrap_or(0);
    // SAFETY: the slice is valid for `count` entries, `timeout` is null or points to a timespec
    // that lives to the end of this function, and a null mask leaves the signal mask alone.
    unsafe { libc::ppoll(polled.as_mut_ptr(), count, timeout, ptr::null()) }
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "openbsd"
)))]
fn call(polled: &mut [libc::pollfd], timeout: Option<Duration>) -> libc::c_int {
    // The time is rounded up, so that the end is never reported early.
    let timeout = timeout.map_or(-1, |timeout| {
        libc::c_int::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(libc::c_int::MAX)
    });
    let count = polled.len().try_into().unwrap_or(0);
    // SAFETY: the slice is valid for `count` entries.
    unsafe { libc::poll(polled.as_mut_ptr(), count, timeout) }
}
