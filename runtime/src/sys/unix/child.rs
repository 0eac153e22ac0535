//! The end of a child: `pidfd_open(2)`, `waitid(2)`.
//!
//! Only Linux has descriptors for processes, since 5.3. Elsewhere a thread waits for each child.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

use super::poll::{Source, pollfd};
use crate::sys::{Change, ChildState, Interest};

/// Whether the kernel may tell that a child is stopped. Linux does since 5.4.
pub(crate) const STOPS_ARE_SEEN: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// The end of a process, which a thread can sleep on: it is ready from the end on. Whatever becomes of the number, this
/// means the process that had the number at first.
#[derive(Debug)]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    allow(dead_code, reason = "nothing makes one there")
)]
pub(crate) struct ProcessEnd(OwnedFd);

impl ProcessEnd {
    /// Opens a descriptor of that process. If the process is a child, nobody may have reaped it, or the number may be
    /// another process's by now.
    ///
    /// # Errors
    ///
    /// When the kernel has no such thing, or there is no such process, or no descriptor is left.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(super) fn of(pid: i32) -> io::Result<Self> {
        use std::os::fd::FromRawFd;

        use super::fcntl::move_up;

        // SAFETY: takes two integers. The descriptor is closed on exec, without being asked for it.
        let opened = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        match i32::try_from(opened) {
            // SAFETY: the call above has just made this descriptor, and nobody else has it.
            Ok(fd) if fd >= 0 => Ok(ProcessEnd(move_up(unsafe { OwnedFd::from_raw_fd(fd) }))),
            _ => Err(io::Error::last_os_error()),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(super) fn of(_: i32) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Blocks until the process, which is a child, is stopped; or goes on, where it is `stopped`; or has ended. What the kernel knows
    /// of that stays where it is, for those who wait for the child otherwise.
    ///
    /// # Errors
    ///
    /// When the process is no child any more, since it was reaped; and where the kernel cannot tell: Linux can since 5.4.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn wait_for_change(&self, stopped: bool) -> io::Result<Change> {
        let wanted = if stopped {
            libc::WCONTINUED
        } else {
            libc::WSTOPPED
        };
        loop {
            match self.change(wanted | libc::WEXITED) {
                Ok(change) => return change.ok_or_else(|| io::ErrorKind::Other.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns the signal by which the process, which is a child, is stopped.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn stopped_by(&self) -> Option<i32> {
        match self.change(libc::WSTOPPED | libc::WNOHANG) {
            Ok(Some(Change::Stopped(signal))) => Some(signal),
            _ => None,
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn change(&self, how: libc::c_int) -> io::Result<Option<Change>> {
        use std::os::fd::AsRawFd;

        let fd = libc::id_t::try_from(self.0.as_raw_fd()).map_err(io::Error::other)?;
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        // SAFETY: the pointer is valid for writing, and all zeroes are valid, too: where there is nothing to tell, the code stays zero.
        let (result, info) = unsafe {
            let result = libc::waitid(libc::P_PIDFD, fd, info.as_mut_ptr(), how | libc::WNOWAIT);
            (result, info.assume_init())
        };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(match info.si_code {
            0 => None,
            // SAFETY: for a child's change the field is there.
            libc::CLD_STOPPED => Some(Change::Stopped(unsafe { info.si_status() })),
            libc::CLD_CONTINUED => Some(Change::Continued),
            // A child that is traced tells its tracer of its stops, and not us.
            _ => Some(Change::Ended),
        })
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    #[allow(clippy::unused_self, reason = "only Linux has a descriptor for it")]
    pub(crate) fn wait_for_change(&self, _: bool) -> io::Result<Change> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    #[allow(clippy::unused_self, reason = "only Linux has a descriptor for it")]
    pub(crate) fn stopped_by(&self) -> Option<i32> {
        None
    }

    /// Kills the process. To a process that has ended nothing happens.
    ///
    /// # Errors
    ///
    /// Those of `pidfd_send_signal(2)`: the process is another user's.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn kill(&self) -> io::Result<()> {
        use std::os::fd::AsRawFd;
        use std::ptr;

        let no_info = ptr::null::<libc::siginfo_t>();
        let fd = self.0.as_raw_fd();
        // SAFETY: without an info the kernel fills in what `kill(2)` does. The descriptor is open, and means one process.
        let sent =
            unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, libc::SIGKILL, no_info, 0) };
        if sent == 0 {
            return Ok(());
        }
        match io::Error::last_os_error() {
            gone if gone.raw_os_error() == Some(libc::ESRCH) => Ok(()),
            error => Err(error),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    #[allow(clippy::unused_self, reason = "only Linux has a descriptor for it")]
    pub(crate) fn kill(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Source for ProcessEnd {
    fn pollfd(&self) -> libc::pollfd {
        pollfd(&self.0, Interest::Read)
    }
}

/// Blocks until a child has ended, and leaves its status where it is.
pub(super) fn wait_for_end(pid: i32) {
    while look(pid, 0).is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {}
}

/// How far a child is. Its status stays where it is.
pub(super) fn child_state(pid: i32) -> ChildState {
    match look(pid, libc::WNOHANG) {
        Ok(false) => ChildState::Running,
        Ok(true) => ChildState::Zombie,
        // ECHILD. The call does not wait, so no signal interrupts it.
        Err(_) => ChildState::Reaped,
    }
}

/// Looks whether that child has ended, without reaping it.
fn look(pid: i32, how: libc::c_int) -> io::Result<bool> {
    #[allow(
        clippy::unnecessary_fallible_conversions,
        reason = "the type differs between systems"
    )]
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
