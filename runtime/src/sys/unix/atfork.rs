//! Forks of this process: `pthread_atfork(3)`, which all systems have. Only Linux tells how many threads the process
//! has.
//!
//! A forked child has a copy of all memory, and of its parent's threads only the one that has forked (`fork(2)`). So
//! what the memory says of other threads, and of the process, is the parent's. A child learns here that it is one.
//!
//! `vfork(2)` and `posix_spawn(3)` call no such functions. Their children share the parent's memory, and must not
//! change it. Nor does `clone(2)`, where a program calls it by itself, or glibc's `_Fork`. Only the process id tells
//! such a child from its parent.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};
use std::{mem, ptr, thread};

use super::kernel::has_one_thread;
use super::process::process_id;
use crate::sync::{forks, lacks_threads, note_fork};

/// The process that this memory belongs to, as far as we were told. 0 as long as nobody has asked to be told.
static TOLD: AtomicI32 = AtomicI32::new(0);

/// Whether the process that forks now has no other thread.
static ALONE: AtomicBool = AtomicBool::new(false);

/// Whether a thread forks, or is in [`without_forks`].
static BUSY: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this thread forks, and has set `BUSY` for that.
    static FORKS: Cell<bool> = const { Cell::new(false) };

    /// What the child does that this thread forks, as its first step.
    static FIRST: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// The function that [`in_forked_children`] was given.
static HOOK: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// A process, which no forked child of it is equal to.
///
/// The process id alone would not do: in a new PID namespace a child of PID 1 may be PID 1 as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    id: libc::pid_t,
    forks: u32,
}

impl Process {
    /// Returns the process that runs now.
    pub(crate) fn current() -> Self {
        watch_forks();
        Process {
            id: process_id(),
            forks: forks(),
        }
    }

    /// Returns whether this process runs now, and no forked child of it. Async-signal-safe.
    pub(crate) fn is_current(self) -> bool {
        self.id == process_id() && self.forks == forks()
    }
}

/// Has this process, and its children, told of forks from now on. Whoever makes something that is one process's calls
/// this before.
pub(in crate::sys) fn watch_forks() {
    let this = process_id();
    // Relaxed: each fork orders what its child reads, and no other memory is reached by way of the number. Of several
    // threads one registers. If another one forks before that has happened, the child finds the parent's number here.
    let first = TOLD.compare_exchange(0, this, Ordering::Relaxed, Ordering::Relaxed);
    if first.is_ok() {
        // SAFETY: the functions do only what a forked child of a process with threads may do (signal-safety(7)). Where
        // there is no memory to remember them in, children find the parent's number.
        unsafe { libc::pthread_atfork(Some(before_fork), Some(in_parent), Some(in_child)) };
    }
}

/// Has the function called in each forked child, on its one thread, before the fork returns there. There is one such
/// function. It may only do what a signal handler may.
pub(crate) fn in_forked_children(hook: fn()) {
    // Relaxed: the function is no memory that is written.
    HOOK.store(hook as *mut (), Ordering::Relaxed);
    watch_forks();
}

/// Has a step called in the child that this thread forks during a call, before the fork returns there: what the caller
/// runs in the child comes after it. The step may only do what a signal handler may.
#[cfg(feature = "process")]
pub(super) fn with_first_step<T>(step: fn(), call: impl FnOnce() -> T) -> T {
    struct Taken;
    impl Drop for Taken {
        fn drop(&mut self) {
            FIRST.set(None);
        }
    }
    watch_forks();
    FIRST.set(Some(step));
    let _taken = Taken;
    call()
}

/// Returns whether threads of the parent may be missing here: this is a forked child of a process that had other
/// threads, or that has not told us whether it had. Locks that these threads held are never given back.
pub(crate) fn is_cut_off() -> bool {
    // Relaxed, as in `watch_forks`.
    let told = TOLD.load(Ordering::Relaxed);
    lacks_threads() || told != 0 && told != process_id()
}

/// Calls a function that holds a lock of the C library's for a moment, which `fork(2)` does not take into account. No
/// other thread forks meanwhile: in the child the lock would stay locked.
pub(super) fn without_forks<T>(call: impl FnOnce() -> T) -> T {
    watch_forks();
    // Acquire, and Release below: a thread that forks has what this one has done.
    while BUSY.swap(true, Ordering::Acquire) {
        thread::yield_now();
    }
    let value = call();
    BUSY.store(false, Ordering::Release);
    value
}

/// Called before a fork, in the parent, on the thread that forks.
extern "C" fn before_fork() {
    // A fork that a signal handler makes may have interrupted the very thread that it waits for. So the wait has an
    // end, after a second. The one that is waited for may have to wait for a processor.
    const AT_ONCE: u32 = 100;
    const TRIES: u32 = AT_ONCE + 1000;
    const MOMENT: libc::timespec = libc::timespec {
        tv_sec: 0,
        tv_nsec: 1_000_000,
    };
    for tried in 0..TRIES {
        // Acquire: the child has what was done in `without_forks`.
        if !BUSY.swap(true, Ordering::Acquire) {
            FORKS.set(true);
            break;
        }
        // SAFETY: the pointer is valid for reading a timespec, and a null one does not ask for the rest of the time.
        unsafe {
            if tried < AT_ONCE {
                libc::sched_yield();
            } else {
                libc::nanosleep(&MOMENT, ptr::null_mut());
            }
        }
    }
    // Relaxed: the child has what this thread has written. Another thread that forks at the same time finds that there
    // are two, as this one does.
    ALONE.store(has_one_thread(), Ordering::Relaxed);
}

/// Called after a fork, in the parent, on the thread that has forked.
extern "C" fn in_parent() {
    if FORKS.take() {
        // Release: the next fork comes after this one.
        BUSY.store(false, Ordering::Release);
    }
}

/// Called in the child, on its only thread.
extern "C" fn in_child() {
    FORKS.set(false);
    // Relaxed, here and below: there is one thread, and it has written all that is read here, or was forked by the one
    // that has.
    BUSY.store(false, Ordering::Relaxed);
    TOLD.store(process_id(), Ordering::Relaxed);
    // What was cut off stays so: a child of such a child has the same locks.
    note_fork(!ALONE.load(Ordering::Relaxed));
    let hook = HOOK.load(Ordering::Relaxed);
    if !hook.is_null() {
        // SAFETY: only `in_forked_children` writes it, and it was such a function there.
        let hook = unsafe { mem::transmute::<*mut (), fn()>(hook) };
        hook();
    }
    // Taken: the child may fork as well.
    if let Some(step) = FIRST.take() {
        step();
    }
}
