//! Which signals there are, and what they do where nobody handles them: `signal(7)`.
//!
//! The names are those of POSIX; each system has numbers of its own. Only Linux has SIGPWR, and the ranges of real-time
//! signals are used on Linux alone: elsewhere there are none, or their numbers go beyond the 64 that `signal` has room for.

use std::ops::RangeInclusive;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use libc::SIGPWR;
pub(crate) use libc::{
    SIGABRT, SIGALRM, SIGBUS, SIGCHLD, SIGCONT, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGIO, SIGKILL,
    SIGPIPE, SIGPROF, SIGQUIT, SIGSEGV, SIGSTOP, SIGSYS, SIGTERM, SIGTRAP, SIGTSTP, SIGTTIN,
    SIGTTOU, SIGURG, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU, SIGXFSZ,
};

/// The signals that report a fault of the code that they interrupt.
///
/// No mask of ours has them. What happens when one of them is raised by a fault while it is blocked is undefined, and Linux
/// ends the process then, past its handler (`sigprocmask(2)`).
pub(crate) const FAULTS: [i32; 7] = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP];

/// Returns the real-time signals that this process may use. The C library keeps the first few for itself.
pub(crate) fn real_time() -> RangeInclusive<i32> {
    #[cfg(target_os = "linux")]
    return libc::SIGRTMIN()..=libc::SIGRTMAX();
    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::reversed_empty_ranges, reason = "there are none")]
    return 1..=0;
}

/// Returns `None`: all signals that have names are there. (What a function cannot be called for, no app can handle on any system.)
pub(crate) const fn absent(_: i32, _: bool) -> Option<(&'static str, &'static str)> {
    None
}

/// Returns whether the default action dumps core.
pub(super) fn dumps_core(signal: i32) -> bool {
    matches!(signal, SIGQUIT | SIGXCPU | SIGXFSZ) || FAULTS.contains(&signal)
}

/// Returns whether the default action does nothing that lasts (signal(7)).
pub(super) fn is_ignored_by_default(signal: i32) -> bool {
    matches!(signal, SIGCHLD | SIGCONT | SIGURG | SIGWINCH)
}

/// Returns whether the default action stops the process, from which it may be continued.
pub(super) fn stops(signal: i32) -> bool {
    matches!(signal, SIGSTOP | SIGTSTP | SIGTTIN | SIGTTOU)
}
