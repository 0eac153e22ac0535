//! A flag that is one descriptor: `eventfd(2)`.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use crate::sys::unix::fcntl::{is_closed, move_up};

/// What an [`Event`](crate::sys::Event) is made of.
#[derive(Debug)]
pub(in crate::sys::unix) struct Flag(OwnedFd);

impl Flag {
    pub(in crate::sys::unix) fn new() -> io::Result<Self> {
        // SAFETY: takes two integers and touches no memory of ours.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call above has just made this descriptor, and nobody else has it.
        Ok(Flag(move_up(unsafe { OwnedFd::from_raw_fd(fd) })))
    }

    /// Makes the descriptor readable. Returns `false` where other code has closed it. Async-signal-safe.
    pub(in crate::sys::unix) fn set(&self) -> bool {
        let one = 1_u64.to_ne_bytes();
        // SAFETY: the buffer is valid for its eight bytes. Another failure than EBADF is EAGAIN, when the counter is
        // full: the descriptor is readable then, which is all that is wanted.
        let written = unsafe { libc::write(self.0.as_raw_fd(), one.as_ptr().cast(), one.len()) };
        written >= 0 || !is_closed()
    }

    /// Makes the descriptor unreadable. Returns `false` where other code has closed it.
    pub(in crate::sys::unix) fn clear(&self) -> bool {
        let mut count = [0_u8; 8];
        let (buffer, length) = (count.as_mut_ptr().cast(), count.len());
        // SAFETY: the buffer is valid for its eight bytes; EAGAIN means that it was clear.
        let read = unsafe { libc::read(self.0.as_raw_fd(), buffer, length) };
        read >= 0 || !is_closed()
    }

    /// Returns what is readable.
    pub(in crate::sys::unix) fn reader(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
