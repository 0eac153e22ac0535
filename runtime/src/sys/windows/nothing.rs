//! What other systems need and Windows does not: nothing is done here, for the reasons that are given.

#[cfg(feature = "systemd")]
use std::ffi::{OsStr, OsString};
use std::io;

/// Returns that there was nothing to reset: whoever waits for a child has its handle, and gets its status by that.
#[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
pub(crate) fn reset_ignored_sigchld() -> io::Result<bool> {
    Ok(false)
}

/// Does nothing: nobody but those who wait takes the status of a child.
pub(crate) fn ignore_sigchld() {}

/// Does nothing: the routine for the console's events runs on a thread of its own, and interrupts none.
pub(crate) fn keep_alternate_stack() {}

/// Does nothing: a process in the background changes the modes of its console as any other.
pub(crate) fn allow_background_changes() {}

/// The mask of a thread, which has none.
#[derive(Debug)]
pub(crate) struct Mask;

impl Mask {
    pub(crate) fn present() -> Self {
        Mask
    }
}

impl Drop for Mask {
    fn drop(&mut self) {}
}

/// Signals that are held back, which none is: no event is lost between the steps of a registration, since each is one
/// step.
#[derive(Debug)]
pub(crate) struct Blocked;

impl Blocked {
    pub(crate) fn new(_: Vec<i32>) -> Self {
        Blocked
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {}
}

/// Does nothing: a child inherits no mask.
#[cfg(feature = "process")]
pub(crate) fn block_all_but_faults() {}

/// Orphans have no other parent: a process stays whose child it was. Nothing makes one of these.
#[derive(Debug)]
pub(crate) enum Adoption {}

impl Adoption {
    pub(crate) fn new() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// What the compiler says where a program asks for orphans.
pub(crate) const NO_ORPHANS: Option<&str> = Some(
    "`reap_orphans` has nothing to do on Windows\n\n\
     help: nobody has to reap a process there, whether its parent lives or not; write this word for Unix alone: \
     `#[cfg_attr(unix, app(..))]`",
);

/// Does nothing: no process waits to be reaped.
pub(crate) fn reap_orphans() {}

/// The socket of a service manager, which has none here: who runs services asks them by calls. Nothing makes one of
/// these. This is no empty `enum`, behind which the compiler would take all of its users for unreachable.
#[cfg(feature = "systemd")]
#[derive(Debug)]
#[allow(dead_code, reason = "nothing makes one")]
pub(crate) struct NotifySocket;

#[cfg(feature = "systemd")]
impl NotifySocket {
    pub(crate) fn open(_: &OsStr) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn send(&self, _: &str) -> io::Result<bool> {
        Ok(true)
    }
}

/// Returns nothing: these variables are those of a service manager that is not there.
#[cfg(feature = "systemd")]
pub(crate) fn take_variables<const N: usize>(_: [&str; N]) -> [Option<OsString>; N] {
    [const { None }; N]
}

/// Returns 0: nobody is told the time.
#[cfg(feature = "systemd")]
pub(crate) fn microseconds() -> u64 {
    0
}
