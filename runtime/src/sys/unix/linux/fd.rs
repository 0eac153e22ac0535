//! Another reader of a pipe, by its link in `/proc/self/fd` (`proc_pid_fd(5)`), and what is in the pipe (`pipe(7)`).

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::sys::unix::stdio::is_pipe;

/// Returns how many bytes are in a pipe that nobody has read yet.
fn unread(end: &OwnedFd) -> libc::c_int {
    let mut unread = 0;
    // SAFETY: the pointer is valid for writing the number (FIONREAD, pipe(7)).
    unsafe { libc::ioctl(end.as_raw_fd(), libc::FIONREAD, &raw mut unread) };
    unread
}

/// Returns whether the next one who prints may have to wait for room.
pub(in crate::sys::unix) fn is_half_full(end: &OwnedFd) -> bool {
    // SAFETY: takes integers.
    let size = unsafe { libc::fcntl(end.as_raw_fd(), libc::F_GETPIPE_SZ) };
    unread(end) > size / 2
}

/// Opens another reading end of the pipe that this output writes to, where it is a pipe. To open such a link opens what
/// it leads to once more (`proc(5)`). Async-signal-safe.
pub(in crate::sys::unix) fn reading_end(fd: libc::c_int) -> Option<OwnedFd> {
    if !is_pipe(fd) {
        return None;
    }
    let path = if fd == libc::STDOUT_FILENO {
        c"/proc/self/fd/1"
    } else {
        c"/proc/self/fd/2"
    };
    let flags = libc::O_RDONLY | libc::O_NONBLOCK | libc::O_CLOEXEC;
    // SAFETY: the path is a C string.
    let opened = unsafe { libc::open(path.as_ptr(), flags) };
    // SAFETY: the call above has just made this descriptor, and nobody else has it.
    (opened >= 0).then(|| unsafe { OwnedFd::from_raw_fd(opened) })
}
