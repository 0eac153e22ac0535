//! The process: how it is left, and the few things that it is asked about itself.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{sigaction, signum};
use crate::sync::spawn;

/// The process that the handlers and the exit functions belong to. A forked child that has
/// not exec'd has a copy of everything but is another process.
static HOME: AtomicI32 = AtomicI32::new(0);

/// Makes this process the one that [`is_home`] is true in. Whether it was another before, whose forked
/// child this is.
pub(crate) fn remember_home() -> bool {
    let this = process_id();
    let before = HOME.swap(this, Ordering::Relaxed);
    before != 0 && before != this
}

/// Whether this is the process that was remembered, and no forked child of it; yes, where none was.
/// Async-signal-safe.
pub(crate) fn is_home() -> bool {
    let home = HOME.load(Ordering::Relaxed);
    home == 0 || home == process_id()
}

/// Async-signal-safe.
pub(crate) fn process_id() -> libc::pid_t {
    // SAFETY: cannot fail and touches no memory; async-signal-safe.
    unsafe { libc::getpid() }
}

/// Whether this process is the first of its PID namespace, for which the kernel drops every signal that has no
/// handler (`pid_namespaces(7)`).
pub(crate) fn is_pid_1() -> bool {
    process_id() == 1
}

/// Ends the process by that signal's default action, so that the parent sees `WIFSIGNALED`.
/// Where that cannot be (PID 1, whose default actions the kernel drops, `pid_namespaces(7)`), with
/// status 128 + n. Runs nothing, flushes nothing. Async-signal-safe.
///
/// Only a status can tell the truth here: a shell ends a loop, and systemd counts the stop
/// as clean, only when the program died by the signal; `exit(128 + n)` is not the same.
pub(crate) fn die_by(signal: i32) -> ! {
    // A stop on request has nothing to debug. Not in a handler: the only signal that one dies
    // by there is SIGINT, which dumps no core, and setrlimit is not async-signal-safe by the book.
    if signum::dumps_core(signal) {
        let no_core = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the pointer is valid for the call, which only reads it.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const no_core) };
    }
    if !signum::stops(signal) {
        sigaction::take_default(signal);
    }
    exit_now(128 + signal)
}

/// Ends the process with that status. Runs nothing, flushes nothing. Async-signal-safe.
pub(crate) fn exit_now(status: i32) -> ! {
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
    if unsafe { libc::atexit(hook) } == 0 {
        Ok(())
    } else {
        Err(io::ErrorKind::OutOfMemory.into())
    }
}

/// Writes out what C code has in its buffered streams: `exit(3)` would do it after the last
/// exit function, but a process that dies by a signal in that function does not get there.
///
/// On a thread of its own, and only for so long: `fflush` takes the lock of each stream, and one that
/// blocks in `getchar` never gives its lock back.
pub(crate) fn flush_c_streams() {
    const ENOUGH: Duration = Duration::from_millis(200);
    static FLUSHED: AtomicBool = AtomicBool::new(false);
    let caller = thread::current();
    let flush = move || {
        // SAFETY: a null stream means all of them.
        unsafe { libc::fflush(ptr::null_mut()) };
        FLUSHED.store(true, Ordering::Release);
        caller.unpark();
    };
    if spawn(thread::Builder::new(), Box::new(flush)).is_err() {
        return;
    }
    let began = Instant::now();
    while !FLUSHED.load(Ordering::Acquire) {
        let Some(left) = ENOUGH.checked_sub(began.elapsed()) else {
            return;
        };
        thread::park_timeout(left);
    }
}

/// Milliseconds of the monotonic clock. Async-signal-safe.
pub(crate) fn milliseconds() -> u64 {
    let mut now = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: the pointer is valid for writing a timespec; CLOCK_MONOTONIC exists everywhere.
    // All zeroes are a timespec too, should the call fail.
    let now = unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, now.as_mut_ptr());
        now.assume_init()
    };
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(now.tv_nsec).unwrap_or(0);
    seconds * 1_000 + nanoseconds / 1_000_000
}

/// The size that the main thread's stack may grow to: its soft limit. Bytes.
pub(crate) fn main_stack_size() -> usize {
    // Where there is no limit: room that is reserved but not used.
    const UNLIMITED: usize = 256 << 20;
    // What systems give a main thread by default, where nothing can be learned.
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
