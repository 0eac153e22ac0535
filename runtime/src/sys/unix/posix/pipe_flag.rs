//! A flag that is a `pipe(2)`, which is readable as long as there is something in it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use crate::sys::unix::fcntl::{is_closed, move_up, never_block};
use crate::sys::unix::pipe2::pipe;

/// What an [`Event`](crate::sys::Event) is made of.
#[derive(Debug)]
pub(in crate::sys::unix) struct Flag {
    reader: OwnedFd,
    writer: OwnedFd,
}

impl Flag {
    pub(in crate::sys::unix) fn new() -> io::Result<Self> {
        let (reader, writer) = pipe()?;
        never_block(&reader)?;
        never_block(&writer)?;
        Ok(Flag {
            reader: move_up(reader),
            writer: move_up(writer),
        })
    }

    /// Makes the descriptor readable. Returns `false` where other code has closed it. Async-signal-safe.
    pub(in crate::sys::unix) fn set(&self) -> bool {
        // SAFETY: the buffer is valid for its one byte. Another failure than EBADF is EAGAIN: the pipe is full, and so
        // readable, which is all that is wanted. (EPIPE means that the reader was closed, which who sleeps on it finds
        // out.)
        let written = unsafe { libc::write(self.writer.as_raw_fd(), [1_u8].as_ptr().cast(), 1) };
        written >= 0 || !is_closed()
    }

    /// Makes the descriptor unreadable. Returns `false` where other code has closed it.
    pub(in crate::sys::unix) fn clear(&self) -> bool {
        let mut bytes = [0_u8; 64];
        let (buffer, length) = (bytes.as_mut_ptr().cast(), bytes.len());
        loop {
            // SAFETY: the buffer is valid for its length. A short read, and EAGAIN, mean that the pipe is empty.
            let read = unsafe { libc::read(self.reader.as_raw_fd(), buffer, length) };
            if usize::try_from(read) != Ok(length) {
                return read >= 0 || !is_closed();
            }
        }
    }

    /// Returns what is readable.
    pub(in crate::sys::unix) fn reader(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}
