//! The numbers of our descriptors: `fcntl(2)`. All systems have what is used.
//!
//! Once a descriptor of ours was closed and its number given out again it is another file's. So ours are moved up, to
//! where numbers are seldom given out: the system gives the lowest one that is free.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// Returns whether the call before has failed because its descriptor is not open. Async-signal-safe.
pub(super) fn is_closed() -> bool {
    io::Error::last_os_error().raw_os_error() == Some(libc::EBADF)
}

/// Gives a descriptor a higher number, if one is free.
pub(super) fn move_up(fd: OwnedFd) -> OwnedFd {
    // SAFETY: takes integers, and the descriptor is open.
    let moved = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, lowest()) };
    if moved < 0 {
        return fd;
    }
    // SAFETY: the call above has just made this descriptor, and nobody else has it.
    unsafe { OwnedFd::from_raw_fd(moved) }
}

/// Has reads and writes return at once where there is nothing to read, or no room.
#[cfg_attr(
    not(feature = "process"),
    allow(dead_code, reason = "on Linux an event is no pipe")
)]
pub(super) fn never_block(fd: &OwnedFd) -> io::Result<()> {
    // SAFETY: takes integers, and the descriptor is open.
    if unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// The lowest number that descriptors of ours get: 512, or in the upper half of what the process may have.
fn lowest() -> libc::c_int {
    const LOWEST: libc::c_int = 512;
    let mut limit = MaybeUninit::<libc::rlimit>::zeroed();
    // SAFETY: the pointer is valid for writing a rlimit, and all zeroes are one, should the call fail.
    let limit = unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, limit.as_mut_ptr());
        limit.assume_init()
    };
    libc::c_int::try_from(limit.rlim_cur / 2).map_or(LOWEST, |half| half.min(LOWEST))
}
