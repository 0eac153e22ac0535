//! A flag that threads can sleep on: a descriptor that becomes readable when the flag is set and
//! stays so until it is cleared.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use super::kernel::Flag;
use super::poll::{Source, pollfd};
use crate::sys::Interest;
use crate::sys::closed::note_closed_descriptor;

/// A flag that is level-triggered: any number of threads may sleep on it ([`wait`](fn@crate::sys::wait)), and one that
/// comes late does not sleep at all.
#[derive(Debug)]
pub(crate) struct Event(Flag);

impl Event {
    pub(crate) fn new() -> io::Result<Self> {
        Flag::new().map(Event)
    }

    /// Makes the descriptor readable. Returns `false` where other code has closed it. Signal handlers may call this,
    /// too: it is one `write(2)`, which is async-signal-safe (signal-safety(7)).
    pub(crate) fn try_set(&self) -> bool {
        self.0.set()
    }

    /// Makes the descriptor unreadable again, until the next [`set`](Self::set). Where other code has closed it, the
    /// process ends.
    pub(crate) fn clear(&self) {
        if !self.0.clear() {
            note_closed_descriptor();
        }
    }
}

impl Source for Event {
    fn pollfd(&self) -> libc::pollfd {
        pollfd(self, Interest::Read)
    }
}

/// The public handles lend the descriptor to the poll of their users.
impl AsFd for Event {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.reader()
    }
}
