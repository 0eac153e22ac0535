//! The ways to leave the process: `exit(3)` with its functions of `atexit(3)`, `_exit(2)`, and death by a signal. All systems
//! have them.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::time::{Duration, Instant};
use std::{mem, ptr, thread};

use super::stdio::stdout_is_writable;
use super::{atfork, sigaction, signum, termios};
use crate::sync::spawn;

/// Ends the process by that signal's default action, so that the parent sees `WIFSIGNALED`. The kernel drops the
/// default actions of PID 1 (`pid_namespaces(7)`): there the process ends with status 128 + n. This runs nothing and
/// flushes nothing. The terminal gets its first modes back, if they are remembered. Async-signal-safe.
///
/// Only death by the signal tells the truth here: a shell ends a loop, and systemd counts the stop as clean, only when
/// the program died by the signal; `exit(128 + n)` is not the same.
pub(crate) fn die_by(signal: i32) -> ! {
    termios::restore_modes();
    // A stop on request has nothing to debug, so it leaves no core; nor does an end as a child has ended, which has left its own. No
    // handler gets here: the only signal that a handler dies by is SIGINT, which dumps no core. This matters, since
    // signal-safety(7) does not list setrlimit.
    if signum::dumps_core(signal) {
        let no_core = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the pointer is valid for the call, which only reads it.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const no_core) };
        // The limit does not hold where cores are piped to a program (core(5)).
        #[cfg(any(target_os = "linux", target_os = "android"))]
        // SAFETY: takes integers.
        unsafe {
            libc::prctl(libc::PR_SET_DUMPABLE, 0)
        };
    }
    if !signum::stops(signal) {
        sigaction::take_default(signal);
    }
    exit_now(128 + signal)
}

/// Ends the process by that signal's default action, where that action ends a process. Async-signal-safe.
pub(crate) fn end_by_default_action(signal: i32) {
    if signum::is_ignored_by_default(signal) || signum::stops(signal) {
        return;
    }
    termios::restore_modes();
    sigaction::take_default(signal);
    exit_now(128 + signal)
}

/// Ends the process with that status. This runs nothing and flushes nothing. The terminal gets its first modes back, if they
/// are remembered. Async-signal-safe.
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

/// Has a function called when the process exits by `exit(3)`, and told the status that `exit` was called with, as [`at_exit`]
/// does, unless that was done before: also by the parent of a forked child, which inherits it. There is one such function. glibc tells the status (`on_exit(3)`); elsewhere it is not known.
///
/// # Errors
///
/// When there is no memory to remember it in.
pub(crate) fn at_exit_with_status(hook: fn(Option<i32>)) -> io::Result<()> {
    static REGISTERED: AtomicBool = AtomicBool::new(false);
    // Relaxed, for the reason in `at_exit_once`.
    if REGISTERED.load(Ordering::Relaxed) {
        return Ok(());
    }
    register_with_status(hook)?;
    REGISTERED.store(true, Ordering::Relaxed);
    Ok(())
}

fn register_with_status(hook: fn(Option<i32>)) -> io::Result<()> {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            // The `libc` crate does not have this one.
            fn on_exit(
                function: extern "C" fn(libc::c_int, *mut libc::c_void),
                argument: *mut libc::c_void,
            ) -> libc::c_int;
        }
        extern "C" fn call(status: libc::c_int, _: *mut libc::c_void) {
            call_hook(Some(status));
        }
        // Relaxed: the function is no memory that is written.
        HOOK.store(hook as *mut (), Ordering::Relaxed);
        // SAFETY: a plain function without captures, which does not use its argument; it may be called from any thread.
        let registered = atfork::without_forks(|| unsafe { on_exit(call, ptr::null_mut()) });
        if registered == 0 {
            return Ok(());
        }
        Err(io::ErrorKind::OutOfMemory.into())
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    {
        extern "C" fn call() {
            call_hook(None);
        }
        // Relaxed: the function is no memory that is written.
        HOOK.store(hook as *mut (), Ordering::Relaxed);
        at_exit(call)
    }
}

/// The function that [`at_exit_with_status`] has registered.
///
/// This is no `OnceLock`: a forked child would wait for ever for a thread of its parent that was about to set it.
static HOOK: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

fn call_hook(status: Option<i32>) {
    // Relaxed: the registration was made after the store, behind the C library's lock.
    let hook = HOOK.load(Ordering::Relaxed);
    if !hook.is_null() {
        // SAFETY: only `register_with_status` writes it, and it was such a function there.
        let hook = unsafe { mem::transmute::<*mut (), fn(Option<i32>)>(hook) };
        hook(status);
    }
}

/// Has a function called as [`at_exit`] does, unless that was done before, and noted in `registered`. A forked child inherits
/// both.
///
/// # Errors
///
/// Those of [`at_exit`].
pub(crate) fn at_exit_once(registered: &AtomicBool, hook: extern "C" fn()) -> io::Result<()> {
    // Relaxed, here and below: the registration is the C library's, behind its own lock. If two threads come here at once, the
    // function is registered twice.
    if !registered.load(Ordering::Relaxed) {
        at_exit(hook)?;
        registered.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Writes out what C code has in its buffered streams (`fflush(3)`). `exit(3)` would do that after the last
/// exit function, but a process that dies by a signal in that function does not get there.
///
/// Returns whether all was written in time. `fflush` takes the lock of each stream, and whoever blocks in `getchar` never
/// gives that lock back.
pub(crate) fn flush_c_streams() -> bool {
    flush_in_time(|| {
        // SAFETY: a null stream means all of them.
        unsafe { libc::fflush(ptr::null_mut()) };
    })
}

/// Writes out what the standard library has buffered for standard output.
///
/// Returns whether all was written in time. Where it was not, the thread that writes has the stream's lock, and
/// `std::process::exit` does not wait for who has that.
pub(crate) fn flush_stdout() -> bool {
    flush_in_time(|| {
        // Nobody can be told of an error: the process ends.
        let _ = io::stdout().flush();
    })
}

/// Has a thread of its own flush streams, and waits for it, but only so long: a second where standard output takes
/// nothing. Returns whether all was flushed by then, or there is no thread.
fn flush_in_time(flush: impl FnOnce() + Send + 'static) -> bool {
    const ENOUGH: Duration = Duration::from_millis(200);
    const MOST: Duration = Duration::from_secs(1);
    let caller = thread::current();
    let flushed = Arc::new(AtomicBool::new(false));
    let mark = Arc::clone(&flushed);
    let work = move || {
        flush();
        // The mark is set before the caller is woken, or the caller would sleep on. Release, and Acquire below: the
        // process ends after the flush.
        mark.store(true, Ordering::Release);
        caller.unpark();
    };
    if spawn(thread::Builder::new(), Box::new(work)).is_err() {
        return true;
    }
    let began = Instant::now();
    // Acquire: this thread goes on after what the other one has done before it set the mark.
    while !flushed.load(Ordering::Acquire) {
        let most = if stdout_is_writable() { ENOUGH } else { MOST };
        let Some(left) = most.checked_sub(began.elapsed()) else {
            return false;
        };
        thread::park_timeout(left.min(ENOUGH));
    }
    true
}
