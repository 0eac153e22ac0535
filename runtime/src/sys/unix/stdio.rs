//! The standard streams: `stdio(3)`, below its buffers. This file writes to standard error past everybody else, and
//! replaces streams whose other end is gone.
//!
//! `println!` panics when its write fails. A `stop` that prints what it does would be cut by that, in the middle, when
//! the terminal is closed (every write fails with EIO), or when the reader of a pipe has ended (EPIPE).
//!
//! All systems have the calls. What they say of a stream whose other end is gone was measured on Linux alone.

use std::io::{self, IsTerminal};
use std::mem::MaybeUninit;
use std::time::Duration;

use super::poll::{poll, pollfd};
use crate::sys::Interest;

/// Standard output and standard error.
pub(super) const OUTPUTS: [libc::c_int; 2] = [libc::STDOUT_FILENO, libc::STDERR_FILENO];

/// Returns whether standard error is a terminal.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Puts `/dev/null` in the place of standard streams whose other end is gone: what is written to them goes nowhere
/// then, and does not fail.
pub(crate) fn replace_lost_streams() {
    // The end of an input need not be hidden, unless the input was a terminal.
    replace_lost_terminal();
    for fd in OUTPUTS {
        replace_if_lost(fd);
    }
}

/// Puts `/dev/null` in the place of standard streams that were a terminal which is gone. Async-signal-safe.
pub(crate) fn replace_lost_terminal() {
    for fd in [libc::STDIN_FILENO, libc::STDOUT_FILENO, libc::STDERR_FILENO] {
        if is_lost_terminal(fd) {
            replace(fd);
        }
    }
}

pub(super) fn replace_if_lost(output: libc::c_int) {
    if is_lost(output) {
        replace(output);
    }
}

fn replace(fd: libc::c_int) {
    // SAFETY: the path is a C string; dup2 closes `fd` and makes it another name for
    // the new one in one step, so that it is never free for somebody else's open.
    unsafe {
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        if null >= 0 {
            libc::dup2(null, fd);
            libc::close(null);
        }
    }
}

/// Returns whether the other end of a stream is gone. A pipe that has no reader says POLLERR, and POLLHUP comes from a
/// socket whose other side is closed and from a terminal that was hung up (poll(2), measured on Linux). POLLERR of a
/// socket may be an error that passes.
fn is_lost(fd: libc::c_int) -> bool {
    let gone = if is_pipe(fd) {
        libc::POLLERR | libc::POLLHUP
    } else {
        libc::POLLHUP
    };
    let mut polled = [libc::pollfd {
        fd,
        events: 0,
        revents: 0,
    }];
    let told = poll(&mut polled, Some(Duration::ZERO));
    told.is_ok() && polled[0].revents & gone != 0
}

/// Returns whether a descriptor is that of a pipe. Async-signal-safe.
pub(super) fn is_pipe(fd: libc::c_int) -> bool {
    let mut status = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the pointer is valid for writing the status; all zeroes are one, should the call fail.
    let status = unsafe {
        libc::fstat(fd, status.as_mut_ptr());
        status.assume_init()
    };
    status.st_mode & libc::S_IFMT == libc::S_IFIFO
}

/// Returns whether a descriptor is that of a terminal which is gone. A character device that was a terminal answers
/// with EIO from its hang-up on (measured on Linux); anything else says ENOTTY.
fn is_lost_terminal(fd: libc::c_int) -> bool {
    let mut settings = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the pointer is valid for writing the settings, which nobody reads.
    let asked = unsafe { libc::tcgetattr(fd, settings.as_mut_ptr()) };
    asked != 0 && io::Error::last_os_error().raw_os_error() == Some(libc::EIO)
}

/// Writes to standard error, however long that takes. This goes past the standard library's lock, which a blocked
/// thread may hold. What cannot be written is lost.
pub(crate) fn write_stderr(text: &str) {
    let mut left = text.as_bytes();
    while !left.is_empty() {
        // SAFETY: the buffer is valid for its length.
        let written = unsafe { libc::write(libc::STDERR_FILENO, left.as_ptr().cast(), left.len()) };
        if let Ok(written) = usize::try_from(written) {
            left = &left[written..];
            continue;
        }
        match io::Error::last_os_error().kind() {
            io::ErrorKind::Interrupted => {}
            // Somebody who shares the stream has made it non-blocking.
            io::ErrorKind::WouldBlock => {
                takes_something(None);
            }
            _ => return,
        }
    }
}

/// Returns whether standard error would take something now.
pub(crate) fn stderr_is_writable() -> bool {
    takes_something(Some(Duration::ZERO))
}

/// Returns whether a write to standard output would not have to wait for a reader.
pub(crate) fn stdout_is_writable() -> bool {
    let mut stdout = [pollfd(&io::stdout(), Interest::Write)];
    // Where the stream cannot be asked, a write does not block either.
    poll(&mut stdout, Some(Duration::ZERO)).is_err() || stdout[0].revents != 0
}

/// Writes to standard error only what can be written at once, and no more than a pipe takes at once (POSIX asks for 512
/// bytes at least). The write may block nevertheless, should another one fill the stream at this very moment.
pub(crate) fn try_stderr(text: &str) {
    let mut bytes = Vec::from(&text.as_bytes()[..text.len().min(512)]);
    if let Some(last) = bytes.last_mut() {
        *last = b'\n';
    }
    if stderr_is_writable() {
        // SAFETY: the buffer is valid for its length.
        unsafe { libc::write(libc::STDERR_FILENO, bytes.as_ptr().cast(), bytes.len()) };
    }
}

/// Waits until standard error takes something, for so long, or for ever. Returns whether it does.
fn takes_something(timeout: Option<Duration>) -> bool {
    let mut stderr = [pollfd(&io::stderr(), Interest::Write)];
    poll(&mut stderr, timeout).is_ok() && stderr[0].revents & libc::POLLOUT != 0
}
