//! Which signals there are, and what they do where nobody handles them: `signal(7)`.
//!
//! The names are those of POSIX; each system has numbers of its own. Only Linux has SIGPWR. Apple's systems and OpenBSD
//! have no real-time signals, and of those of others nothing is known here.

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
/// No mask of ours has them. What happens when one of them is raised by a fault while it is blocked is undefined, and
/// Linux ends the process then, past its handler (`sigprocmask(2)`).
pub(crate) const FAULTS: [i32; 7] = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP];

/// The highest number of a signal that is handled. POSIX leaves the numbers to the systems: most have up to 64, of
/// which Linux uses all. On MIPS it has 127, FreeBSD has 128, and illumos and Solaris have up to 74. Of these 127 have
/// an exit status of 128 and their number; FreeBSD's real-time signals end at 126.
pub(crate) const HIGHEST: u8 = if cfg!(any(
    aplomb_portable,
    target_arch = "mips",
    target_arch = "mips64",
    target_arch = "mips32r6",
    target_arch = "mips64r6",
    target_os = "freebsd",
    target_os = "illumos",
    target_os = "solaris"
)) {
    127
} else {
    64
};

/// Returns the real-time signals that this process may use. The C library keeps the first few for itself.
pub(crate) fn real_time() -> RangeInclusive<i32> {
    #[cfg(any(
        target_os = "linux",
        target_os = "android",
        target_os = "illumos",
        target_os = "solaris"
    ))]
    return libc::SIGRTMIN()..=libc::SIGRTMAX();
    // From each system's `signal.h`; the `libc` crate does not have them.
    #[cfg(target_os = "freebsd")]
    return 65..=126;
    #[cfg(target_os = "netbsd")]
    return 33..=63;
    #[cfg(not(any(
        target_os = "linux",
        target_os = "android",
        target_os = "illumos",
        target_os = "solaris",
        target_os = "freebsd",
        target_os = "netbsd"
    )))]
    #[allow(clippy::reversed_empty_ranges, reason = "there are none")]
    return 1..=0;
}

/// Returns `None`: all signals that have names are there. (What a function cannot be called for, no app can handle on
/// any system.)
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
