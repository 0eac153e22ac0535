//! Sleeping until something is ready: `poll(2)`.
//!
//! Where there is `ppoll(2)`, the time is counted in nanoseconds, and elsewhere in milliseconds. On Apple's systems it
//! knows no devices, says its page: of a terminal nothing is learned there.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use super::kernel;
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

/// Sleeps until a source is ready, the time is up, or a signal handler has run on this thread. Returns the position of
/// the first source that is ready.
///
/// # Errors
///
/// Those of `poll(2)`: a descriptor is not open, or the kernel has no memory left. Where the descriptor is one of ours
/// the process ends.
pub(in crate::sys) fn try_wait(
    sources: &[&dyn Source],
    timeout: Option<Duration>,
) -> io::Result<Option<usize>> {
    let mut polled = pollfds(sources);
    let ready = poll(&mut polled, timeout);
    note_closed(sources, &polled);
    ready
}

/// Looks whether descriptors of ours turned out to be closed. The process ends for that.
pub(super) fn note_closed(sources: &[&dyn Source], polled: &[libc::pollfd]) {
    let mut both = sources.iter().zip(polled);
    if both.any(|(source, polled)| source.is_ours() && polled.revents & libc::POLLNVAL != 0) {
        note_closed_descriptor();
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
    if kernel::poll(polled, timeout) < 0 {
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
