//! What there is in place of what only Linux has, where another system has something: a file for each. Elsewhere there
//! is nothing, and that is said here.

mod atexit;
#[cfg(feature = "process")]
mod no_pidfd;
#[cfg(feature = "systemd")]
mod no_systemd;
mod pipe_flag;
#[cfg_attr(
    any(target_os = "freebsd", target_os = "openbsd"),
    path = "linux/ppoll.rs"
)]
mod poll;
#[cfg_attr(not(target_os = "freebsd"), path = "posix/no_procctl.rs")]
mod procctl;

use std::os::fd::OwnedFd;

pub(super) use atexit::on_exit;
#[cfg(feature = "process")]
pub(crate) use no_pidfd::{ProcessEnd, STOPS_ARE_SEEN};
#[cfg(feature = "systemd")]
pub(crate) use no_systemd::{NotifySocket, take_inherited, take_variables};
pub(super) use pipe_flag::Flag;
pub(super) use poll::poll;
pub(crate) use procctl::{Adoption, reap_orphans};
#[cfg(feature = "process")]
pub(super) use procctl::{end_with, outlive_parent};

/// Returns `false`: the process cannot fence all threads. FreeBSD has `membarrier(2)` since 14.1, which is not used.
pub(in crate::sys) fn prepare_to_fence() -> bool {
    false
}

/// Returns `false`, since no process is [prepared](prepare_to_fence).
pub(in crate::sys) fn fence_all_threads() -> bool {
    false
}

/// Does nothing: no system is known that would leave a core where the limit is zero.
pub(super) fn leave_no_core() {}

/// Returns `false`: nothing tells how many threads there are.
pub(super) fn has_one_thread() -> bool {
    false
}

/// Returns whether this is the thread that the process began with. Where nothing tells, the answer is no on every
/// thread.
pub(super) fn is_initial_thread() -> bool {
    #[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "openbsd"))]
    // SAFETY: takes and touches nothing.
    return unsafe { libc::pthread_main_np() } == 1;
    #[cfg(not(any(target_vendor = "apple", target_os = "freebsd", target_os = "openbsd")))]
    return false;
}

/// Returns `None`: no way is known to open another reading end of a pipe. (So the watch for readers that end is alone.)
pub(super) fn reading_end(_: libc::c_int) -> Option<OwnedFd> {
    None
}

/// Returns `false`, since no [reading end](reading_end) is ours.
pub(super) fn is_half_full(_: &OwnedFd) -> bool {
    false
}

/// Sends the signal to the calling thread. Async-signal-safe.
pub(super) fn send_to_this_thread(signal: i32) {
    // SAFETY: takes an integer.
    unsafe { libc::raise(signal) };
}
