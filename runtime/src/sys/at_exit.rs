//! Exit functions that are registered once: what is the same on all systems that have `atexit(3)`.

use std::io;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use super::system::{at_exit, register_with_status};

/// Has a function called when the process exits by `exit(3)`, and told the status that `exit` was called with, as
/// [`at_exit`] does, unless that was done before: also by the parent of a forked child, which inherits it. There is one
/// such function. Not every system tells the status.
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
    // Relaxed: the function is no memory that is written.
    HOOK.store(hook as *mut (), Ordering::Relaxed);
    register_with_status()?;
    REGISTERED.store(true, Ordering::Relaxed);
    Ok(())
}

/// The function that [`at_exit_with_status`] has registered.
///
/// This is no `OnceLock`: a forked child would wait for ever for a thread of its parent that was about to set it.
static HOOK: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Calls that function. Each system calls this, as late as the function asks for.
pub(super) fn call_with_status(status: Option<i32>) {
    // Relaxed: the registration was made after the store, behind the C library's lock.
    let hook = HOOK.load(Ordering::Relaxed);
    if !hook.is_null() {
        // SAFETY: only `at_exit_with_status` writes it, and it was such a function there.
        let hook = unsafe { mem::transmute::<*mut (), fn(Option<i32>)>(hook) };
        hook(status);
    }
}

/// Has a function called as [`at_exit`] does, unless that was done before, and noted in `registered`. A forked child
/// inherits both.
///
/// # Errors
///
/// Those of [`at_exit`].
pub(crate) fn at_exit_once(registered: &AtomicBool, hook: extern "C" fn()) -> io::Result<()> {
    // Relaxed, here and below: the registration is the C library's, behind its own lock. If two threads come here at
    // once, the function is registered twice.
    if !registered.load(Ordering::Relaxed) {
        at_exit(hook)?;
        registered.store(true, Ordering::Relaxed);
    }
    Ok(())
}
