//! A process by its handle: `OpenProcess`, `TerminateProcess`.

use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::{FALSE, HANDLE};
use windows_sys::Win32::System::Threading::{
    INFINITE, OpenProcess, PROCESS_QUERY_INFORMATION, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE,
    TerminateProcess,
};

use super::handle::owned;
use super::wait::{Armed, Source, wait_for};
use crate::sys::Change;

/// Whether the system tells that a child is stopped. Processes are not stopped.
pub(crate) const STOPS_ARE_SEEN: bool = false;

/// What the status of a killed process is: that of a shell for SIGKILL, as no process is killed by a signal.
pub(super) const KILLED: u32 = 137;

/// The end of a process, which a thread can sleep on: it is ready from the end on. As long as this is there, the number
/// of the process is no other's.
#[derive(Debug)]
pub(crate) struct ProcessEnd(OwnedHandle);

impl ProcessEnd {
    /// Makes this of a handle of a process by which it may be killed.
    pub(super) fn new(handle: OwnedHandle) -> Self {
        ProcessEnd(handle)
    }

    /// Opens the process that has this number now.
    ///
    /// # Errors
    ///
    /// There is no such process, or it is one that we may not kill.
    pub(super) fn of(pid: u32) -> io::Result<Self> {
        let wanted = PROCESS_SYNCHRONIZE | PROCESS_TERMINATE | PROCESS_QUERY_INFORMATION;
        // SAFETY: takes integers. No child is to inherit the handle.
        unsafe { owned(OpenProcess(wanted, FALSE, pid)) }.map(ProcessEnd)
    }

    pub(super) fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(ProcessEnd)
    }

    pub(super) fn handle(&self) -> HANDLE {
        self.0.as_raw_handle()
    }

    pub(super) fn has_ended(&self) -> bool {
        wait_for(&self.0, 0)
    }

    /// Blocks until the process has ended.
    pub(super) fn wait(&self) {
        wait_for(&self.0, INFINITE);
    }

    /// Kills the process. To a process that has ended nothing happens.
    #[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
    pub(crate) fn kill(&self) -> io::Result<()> {
        // SAFETY: takes a handle, which was opened for that. It fails where the process has ended, or is ending: access
        // is denied then.
        unsafe { TerminateProcess(self.handle(), KILLED) };
        Ok(())
    }

    /// # Errors
    ///
    /// Always: see [`STOPS_ARE_SEEN`].
    pub(crate) fn wait_for_change(&self, _: bool) -> io::Result<Change> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Returns `None`: see [`STOPS_ARE_SEEN`].
    pub(crate) fn stopped_by(&self) -> Option<i32> {
        None
    }
}

impl Source for ProcessEnd {
    fn arm(&self) -> io::Result<Armed> {
        Ok(Armed::Always(self.handle()))
    }
}
