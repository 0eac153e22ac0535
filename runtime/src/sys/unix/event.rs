//! A flag that threads can sleep on: a descriptor that becomes readable when the flag is set and
//! stays so until it is cleared.
//!
//! Linux has `eventfd(2)`, which is one descriptor. Elsewhere a pipe serves (`pipe(2)`), which POSIX has. FreeBSD, NetBSD and
//! illumos have got `eventfd` too, in versions that are newer than what programs can count on.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use super::fcntl::{is_closed, move_up};
use super::poll::{Source, pollfd};
use crate::sys::Interest;
use crate::sys::closed::note_closed_descriptor;

/// A flag that is level-triggered: any number of threads may sleep on it ([`wait`](fn@crate::sys::wait)), and one that comes
/// late does not sleep at all.
#[derive(Debug)]
pub(crate) struct Event {
    reader: OwnedFd,
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    writer: OwnedFd,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Event {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: takes two integers and touches no memory of ours.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Event {
            // SAFETY: the call above has just made this descriptor, and nobody else has it.
            reader: move_up(unsafe { OwnedFd::from_raw_fd(fd) }),
        })
    }

    /// Makes the descriptor readable. Returns `false` where other code has closed it. Signal handlers may call this,
    /// too: it is one `write(2)`, which is async-signal-safe (signal-safety(7)).
    pub(crate) fn try_set(&self) -> bool {
        let one = 1_u64.to_ne_bytes();
        // SAFETY: the buffer is valid for its eight bytes. Another failure than EBADF is EAGAIN, when the counter is
        // full: the descriptor is readable then, which is all that is wanted.
        let written =
            unsafe { libc::write(self.reader.as_raw_fd(), one.as_ptr().cast(), one.len()) };
        written >= 0 || !is_closed()
    }

    /// Makes the descriptor unreadable again, until the next [`set`](Self::set).
    pub(crate) fn clear(&self) {
        let mut count = [0_u8; 8];
        // SAFETY: the buffer is valid for its eight bytes; EAGAIN means that it was clear.
        let read = unsafe {
            libc::read(
                self.reader.as_raw_fd(),
                count.as_mut_ptr().cast(),
                count.len(),
            )
        };
        if read < 0 && is_closed() {
            note_closed_descriptor();
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
impl Event {
    pub(crate) fn new() -> io::Result<Self> {
        let mut ends = [0; 2];
        // SAFETY: `ends` has room for the two descriptors.
        if unsafe { libc::pipe(ends.as_mut_ptr()) } < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call above has just made both, and nobody else has them.
        let (reader, writer) =
            unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) };
        let (reader, writer) = (move_up(reader), move_up(writer));
        for fd in [reader.as_raw_fd(), writer.as_raw_fd()] {
            // SAFETY: fcntl on descriptors that are open and ours.
            let failed = unsafe {
                libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) < 0
                    || libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) < 0
            };
            if failed {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(Event { reader, writer })
    }

    /// Makes the descriptor readable. Returns `false` where other code has closed it. Signal handlers may call this,
    /// too: it is one `write(2)`.
    pub(crate) fn try_set(&self) -> bool {
        // SAFETY: the buffer is valid for its one byte. Another failure than EBADF is EAGAIN: the pipe is full, and so
        // readable, which is all that is wanted.
        let written = unsafe { libc::write(self.writer.as_raw_fd(), [1_u8].as_ptr().cast(), 1) };
        written >= 0 || !is_closed()
    }

    /// Makes the descriptor unreadable again, until the next [`set`](Self::set).
    pub(crate) fn clear(&self) {
        let mut bytes = [0_u8; 64];
        // SAFETY: the buffer is valid for its length. A short read means that the pipe is empty.
        while unsafe { libc::read(self.reader.as_raw_fd(), bytes.as_mut_ptr().cast(), 64) } == 64 {}
    }
}

impl Source for Event {
    fn pollfd(&self) -> libc::pollfd {
        pollfd(&self.reader, Interest::Read)
    }
}

/// The public handles lend the descriptor to the poll of their users.
impl AsFd for Event {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}
