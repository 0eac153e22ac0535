//! No descriptors for processes: a thread waits for each child.

use std::io;

use crate::sys::Change;
use crate::sys::unix::poll::Source;

/// Whether the kernel may tell that a child is stopped.
pub(crate) const STOPS_ARE_SEEN: bool = false;

/// The end of a process, which a thread can sleep on. Nothing makes one here.
#[derive(Debug)]
pub(crate) enum ProcessEnd {}

impl ProcessEnd {
    pub(in crate::sys::unix) fn of(_: libc::pid_t) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn wait_for_change(&self, _: bool) -> io::Result<Change> {
        match *self {}
    }

    pub(crate) fn stopped_by(&self) -> Option<i32> {
        match *self {}
    }

    pub(crate) fn kill(&self) -> io::Result<()> {
        match *self {}
    }
}

impl Source for ProcessEnd {
    fn pollfd(&self) -> libc::pollfd {
        match *self {}
    }
}
