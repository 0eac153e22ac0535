//! What the process asks about itself: `getpid(2)`, and `getrlimit(2)` for its stack; and how another one has ended, by
//! the macros of `wait(2)`. All systems have these.

use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// Returns the number of this process. Async-signal-safe.
pub(crate) fn process_id() -> libc::pid_t {
    // SAFETY: cannot fail and touches no memory; async-signal-safe.
    unsafe { libc::getpid() }
}

/// Returns whether this process is the first of its PID namespace, for which the kernel drops every signal that has no
/// handler (`pid_namespaces(7)`).
pub(crate) fn is_pid_1() -> bool {
    process_id() == 1
}

/// Returns the size in bytes that the main thread's stack may grow to, which is its soft limit.
pub(crate) fn main_stack_size() -> usize {
    // The size where there is no limit. This room is reserved, but not used.
    const UNLIMITED: usize = 256 << 20;
    // The size where nothing can be learned. Systems give it to a main thread by default.
    const DEFAULT: usize = 8 << 20;
    let mut limit = MaybeUninit::<libc::rlimit>::zeroed();
    // SAFETY: the pointer is valid for writing a rlimit, and all zeroes are one.
    let (result, limit) = unsafe {
        let result = libc::getrlimit(libc::RLIMIT_STACK, limit.as_mut_ptr());
        (result, limit.assume_init())
    };
    if result != 0 || limit.rlim_cur == 0 {
        return DEFAULT;
    }
    if limit.rlim_cur == libc::RLIM_INFINITY {
        return UNLIMITED;
    }
    usize::try_from(limit.rlim_cur).map_or(UNLIMITED, |size| size.min(UNLIMITED))
}

/// Returns the signal that a process has died by.
pub(crate) fn signal_of(status: ExitStatus) -> Option<i32> {
    status.signal()
}
