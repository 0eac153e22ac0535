//! A pipe that is closed on exec: `pipe2(2)`. Apple's systems have `pipe(2)` alone: there a child that another thread
//! starts at the very moment may inherit the ends.

use std::io;
#[cfg(target_vendor = "apple")]
use std::os::fd::AsRawFd;
use std::os::fd::{FromRawFd, OwnedFd};

/// Makes a pipe: the end to read from, and the one to write to.
#[cfg_attr(
    not(feature = "process"),
    allow(dead_code, reason = "on Linux an event is no pipe")
)]
pub(super) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    #[cfg(not(target_vendor = "apple"))]
    // SAFETY: `ends` has room for the two descriptors.
    let made = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) };
    #[cfg(target_vendor = "apple")]
    // SAFETY: `ends` has room for the two descriptors.
    let made = unsafe { libc::pipe(ends.as_mut_ptr()) };
    if made < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call above has just made both, and nobody else has them.
    let ends = unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) };
    #[cfg(target_vendor = "apple")]
    for end in [&ends.0, &ends.1] {
        // SAFETY: fcntl on a descriptor that is open and ours.
        if unsafe { libc::fcntl(end.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(ends)
}
