//! The ways to leave the process: `exit(3)` with its functions of `atexit(3)`, `_exit(2)`, and death by a signal. All
//! systems have them.

use std::io;
use std::ptr;

use super::{atfork, kernel, sigaction, signum, termios};
use crate::sys::code_of;

/// Ends the process by that signal's default action, so that the parent sees `WIFSIGNALED`. The kernel drops the
/// default actions of PID 1 (`pid_namespaces(7)`): there the process ends with status 128 + n. This runs nothing and
/// flushes nothing. The terminal gets its first modes back, if they are remembered. Async-signal-safe.
///
/// Only death by the signal tells the truth here: a shell ends a loop, and systemd counts the stop as clean, only when
/// the program died by the signal; `exit(128 + n)` is not the same.
pub(crate) fn die_by(signal: i32) -> ! {
    termios::restore_modes();
    // A stop on request has nothing to debug, so it leaves no core; nor does an end as a child has ended, which has
    // left its own. No handler gets here: the only signal that a handler dies by is SIGINT, which dumps no core. This
    // matters, since signal-safety(7) does not list setrlimit.
    if signum::dumps_core(signal) {
        let no_core = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the pointer is valid for the call, which only reads it.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const no_core) };
        // The limit does not hold where cores are piped to a program.
        kernel::leave_no_core();
    }
    end_by_default_action(signal);
    exit_now(code_of(signal).into())
}

/// Ends the process by that signal's default action, where that action ends a process. Async-signal-safe.
pub(crate) fn end_by_default_action(signal: i32) {
    if signum::is_ignored_by_default(signal) || signum::stops(signal) {
        return;
    }
    termios::restore_modes();
    sigaction::take_default(signal);
    exit_now(code_of(signal).into())
}

/// Ends the process with that status. This runs nothing and flushes nothing. The terminal gets its first modes back, if
/// they are remembered. Async-signal-safe.
pub(crate) fn exit_now(status: i32) -> ! {
    termios::restore_modes();
    // SAFETY: takes an integer and does not return.
    unsafe { libc::_exit(status) }
}

/// Has a function called when the process exits by `exit(3)`, as it does when `main` returns
/// and in `std::process::exit`; functions that are registered later are called before it.
///
/// # Errors
///
/// When there is no memory to remember it in.
pub(crate) fn at_exit(hook: extern "C" fn()) -> io::Result<()> {
    // SAFETY: a plain function without captures; it may be called from any thread.
    let registered = atfork::without_forks(|| unsafe { libc::atexit(hook) });
    if registered == 0 {
        Ok(())
    } else {
        Err(io::ErrorKind::OutOfMemory.into())
    }
}

/// Has [`call_with_status`] called when the process exits by `exit(3)`, as [`at_exit`] does. glibc tells the status
/// (`on_exit(3)`); elsewhere it is not known.
///
/// # Errors
///
/// When there is no memory to remember it in.
pub(in crate::sys) fn register_with_status() -> io::Result<()> {
    // Whether the C library has taken the function.
    if atfork::without_forks(kernel::on_exit) {
        Ok(())
    } else {
        Err(io::ErrorKind::OutOfMemory.into())
    }
}

/// Writes out what C code has in its buffered streams.
pub(in crate::sys) fn flush_all_c_streams() {
    // SAFETY: a null stream means all of them.
    unsafe { libc::fflush(ptr::null_mut()) };
}
