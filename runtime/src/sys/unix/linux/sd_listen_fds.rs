//! The descriptors that a service inherits from its manager: `sd_listen_fds(3)`.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// The first of them, `SD_LISTEN_FDS_START`.
const FIRST: RawFd = 3;

/// Takes so many descriptors that this process has inherited, and has children not inherit them. From the second call
/// on there are none.
///
/// # Errors
///
/// When one of them is not open, or is closed on exec, which no inherited one is. None is taken then.
pub(crate) fn take_inherited(count: u16) -> io::Result<Vec<OwnedFd>> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    let all = || FIRST..FIRST + RawFd::from(count);
    for fd in all() {
        // SAFETY: takes integers. A number that is not open is an error.
        let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
        if flags < 0 || flags & libc::FD_CLOEXEC != 0 {
            let words = format!("this process has not inherited descriptor {fd}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, words));
        }
    }
    // Relaxed: the exchange alone decides who takes them, and nothing is handed over.
    if TAKEN.swap(true, Ordering::Relaxed) {
        return Ok(Vec::new());
    }
    let taken = all().map(|fd| {
        // SAFETY: fcntl takes integers. Nobody in this process has opened the descriptor: what the standard library
        // opens is closed on exec. The manager has opened it for this process, which it has named by its number, and
        // this line is come to once.
        unsafe {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
            OwnedFd::from_raw_fd(fd)
        }
    });
    Ok(taken.collect())
}
