//! Descriptors of ours that other code has closed: by `close_range(2)`, or by a library that closes all descriptors on the way
//! into the background.
//!
//! Whoever finds that says so here, and the process ends: without its descriptors no thread of ours would wake any more. Once the
//! number was given out again it is another file's, and nobody can tell. So ours are moved up (`fcntl(2)`), to where
//! numbers are seldom given out: the system gives the lowest one that is free. All systems have that.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::atfork::Process;
use crate::sys::PerProcess;

/// Ends the process, whose descriptors these are. What is above gives it. A forked child may close its copies.
static END: PerProcess<OnceLock<End>> = PerProcess::new(OnceLock::new);

type End = (Process, fn());

/// Whether a descriptor of ours turned out to be closed, and the process ends for that.
static NOTED: PerProcess<AtomicBool> = PerProcess::new(AtomicBool::default);

/// Has a function called, once, when a descriptor of ours turns out to be closed. It may be called on any thread, under any lock.
pub(crate) fn on_closed_descriptor(end: fn()) {
    // The first one counts, since every caller gives the same.
    END.get_or_init(|| (Process::current(), end));
}

/// Notes that a descriptor of ours turned out to be closed. Returns whether the process ends for that: a forked child may
/// close its copies, and a program that has a handle and no app gets an error.
pub(crate) fn note_closed_descriptor() -> bool {
    let Some((_, end)) = END.get().filter(|(home, _)| home.is_current()) else {
        return false;
    };
    // Relaxed: the exchange alone has one thread come first.
    if !NOTED.swap(true, Ordering::Relaxed) {
        end();
    }
    true
}

/// Returns whether the process ends since a descriptor of ours turned out to be closed. The thread that has noted that sees it.
pub(crate) fn ends_for_closed_descriptor() -> bool {
    // Relaxed: no memory is reached by way of the flag.
    NOTED.load(Ordering::Relaxed)
}

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
