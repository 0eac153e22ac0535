//! The end of a child, and signals to it: `pidfd_open(2)`, `waitid(2)`, `kill(2)`.
//!
//! Only Linux has descriptors for processes, since 5.3. Elsewhere a thread waits for each child.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

use super::poll::{Interest, Source, pollfd};

pub(crate) use super::signum::SIGKILL as KILL;
pub(crate) use libc::ESRCH;

/// The end of a process, which a thread can sleep on: ready from then on. Whatever becomes of the number, this
/// means the process that had it at first.
#[derive(Debug)]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    allow(dead_code, reason = "nothing makes one there")
)]
pub(crate) struct ProcessEnd(OwnedFd);

impl ProcessEnd {
    /// To be called for a child that nobody has reaped, or its number may be another process's by now.
    ///
    /// # Errors
    ///
    /// When the kernel has no such thing, or there is no such process, or no descriptor is left.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn of(pid: i32) -> io::Result<Self> {
        use std::os::fd::FromRawFd;

        // SAFETY: takes two integers. The descriptor is closed on exec, without being asked for it.
        let opened = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        match i32::try_from(opened) {
            // SAFETY: the call above has just made this descriptor, and nobody else has it.
            Ok(fd) if fd >= 0 => Ok(ProcessEnd(unsafe { OwnedFd::from_raw_fd(fd) })),
            _ => Err(io::Error::last_os_error()),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(crate) fn of(_: i32) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Source for ProcessEnd {
    fn pollfd(&self) -> libc::pollfd {
        pollfd(&self.0, Interest::Read)
    }
}

/// Blocks until a child has ended, and leaves its status where it is.
pub(crate) fn wait_for_end(pid: i32) {
    while look(pid, 0).is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {}
}

/// Whether a child has ended, or is nobody's any more. Its status stays where it is.
pub(crate) fn has_ended(pid: i32) -> bool {
    look(pid, libc::WNOHANG).unwrap_or(true)
}

/// Whether that child has ended, without reaping it.
fn look(pid: i32, how: libc::c_int) -> io::Result<bool> {
    let id = libc::id_t::try_from(pid).map_err(io::Error::other)?;
    let how = how | libc::WEXITED | libc::WNOWAIT;
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the pointer is valid for writing, and all zeroes are valid, too: where there is nothing to tell,
    // the process id stays zero.
    let (result, info) = unsafe {
        let result = libc::waitid(libc::P_PID, id, info.as_mut_ptr(), how);
        (result, info.assume_init())
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: for a child's status, and for all zeroes, the field is there.
    Ok(unsafe { info.si_pid() } != 0)
}

/// Whom a signal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Process(i32),
    /// All processes of the group that this one leads, or was started to lead.
    Group(i32),
}

/// Sends a signal. To be called as long as nobody has reaped the child: until then its number is no other's, nor that of
/// another group.
///
/// # Errors
///
/// Those of `kill(2)`: there is no such signal, or the child has become another user's.
pub(crate) fn send(target: Target, signal: i32) -> io::Result<()> {
    let (pid, to) = match target {
        Target::Process(pid) => (pid, pid),
        Target::Group(leader) => (leader, -leader),
    };
    // SAFETY: they take integers.
    let failed = unsafe {
        // Before the signal, which may end the child.
        let has_left = to < 0 && libc::getpgid(pid) != pid;
        let sent = libc::kill(to, signal);
        if has_left {
            // The child has made itself a member of another group.
            libc::kill(pid, signal) != 0
        } else {
            sent != 0
        }
    };
    if failed {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
