//! A descriptor for a process: `pidfd_open(2)`, which Linux has since 5.3.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr;

use crate::sys::unix::fcntl::move_up;
use crate::sys::unix::poll::{Source, pollfd};
use crate::sys::{Change, Interest};

/// Whether the kernel may tell that a child is stopped. Linux does since 5.4.
pub(crate) const STOPS_ARE_SEEN: bool = true;

/// The end of a process, which a thread can sleep on: it is ready from the end on. Whatever becomes of the number, this
/// means the process that had the number at first.
#[derive(Debug)]
pub(crate) struct ProcessEnd {
    fd: OwnedFd,
    pid: libc::pid_t,
}

impl ProcessEnd {
    /// Opens a descriptor of that process. If the process is a child, nobody may have reaped it, or the number may be
    /// another process's by now.
    ///
    /// # Errors
    ///
    /// When the kernel has no such thing, or there is no such process, or no descriptor is left.
    pub(in crate::sys::unix) fn of(pid: libc::pid_t) -> io::Result<Self> {
        // SAFETY: takes two integers. The descriptor is closed on exec, without being asked for it.
        let opened = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        match i32::try_from(opened) {
            Ok(fd) if fd >= 0 => {
                // SAFETY: the call above has just made this descriptor, and nobody else has it.
                let fd = move_up(unsafe { OwnedFd::from_raw_fd(fd) });
                Ok(ProcessEnd { fd, pid })
            }
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Blocks until the process, which is a child, is stopped; or goes on, where it is `stopped`; or has ended. What
    /// the kernel knows of that stays where it is, for those who wait for the child otherwise.
    ///
    /// # Errors
    ///
    /// When the process is no child any more, since it was reaped; and where the kernel cannot tell: Linux can since
    /// 5.4.
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
    pub(crate) fn stopped_by(&self) -> Option<i32> {
        match self.change(libc::WSTOPPED | libc::WNOHANG) {
            Ok(Some(Change::Stopped(signal))) => Some(signal),
            _ => None,
        }
    }

    fn change(&self, how: libc::c_int) -> io::Result<Option<Change>> {
        let fd = libc::id_t::try_from(self.fd.as_raw_fd()).map_err(io::Error::other)?;
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        // SAFETY: the pointer is valid for writing, and all zeroes are valid, too: where there is nothing to tell, the
        // code stays zero.
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

    /// Kills the process, which lived when its descriptor was asked last. To a process that has ended nothing happens.
    ///
    /// # Errors
    ///
    /// The process is another user's.
    pub(crate) fn kill(&self) -> io::Result<()> {
        let no_info = ptr::null::<libc::siginfo_t>();
        let fd = self.fd.as_raw_fd();
        // SAFETY: without an info the kernel fills in what `kill(2)` does. The descriptor is open, and means one
        // process.
        let sent =
            unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, libc::SIGKILL, no_info, 0) };
        if sent == 0 {
            return Ok(());
        }
        let gone = || io::Error::last_os_error().raw_os_error() == Some(libc::ESRCH);
        // A sandbox may know nothing of this call, and say so by EPERM, which is also the word for another user's
        // process. `kill(2)` tells the two apart. It takes the number, which was this process's a moment ago: to be
        // given out again by now, it would have to have ended, and all other numbers to have been used. SAFETY: takes
        // integers.
        if gone() || unsafe { libc::kill(self.pid, libc::SIGKILL) } == 0 || gone() {
            return Ok(());
        }
        Err(io::Error::last_os_error())
    }
}

impl Source for ProcessEnd {
    fn pollfd(&self) -> libc::pollfd {
        pollfd(&self.fd, Interest::Read)
    }
}
