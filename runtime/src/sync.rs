//! Locks, atomics, threads and the clock.
//!
//! The models in `models/` compile files of this library against a module of the same name, which is made of loom's
//! types. So these files take such types from here, and not from the standard library.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread::{Builder, JoinHandle};

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, compiler_fence, fence};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, OnceLock};
pub(crate) use std::thread::sleep;
pub(crate) use std::thread_local;
pub(crate) use std::time::Instant;

/// Locks a mutex, even where a thread has panicked with the lock held. No panic leaves what is locked here
/// half-changed, so a poisoned lock has no meaning.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a thread. Nearly all threads of this library start here, with a boxed function: the standard library's code
/// for it is compiled anew for each type of function, and is larger than most files of this library.
pub(crate) fn spawn(thread: Builder, work: Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>> {
    thread.spawn(work)
}

/// Starts a thread that works on a value.
///
/// # Errors
///
/// When the system has no thread left. The value is given back.
pub(crate) fn hand_over<T: Send + 'static>(
    name: &str,
    value: T,
    work: impl FnOnce(T) + Send + 'static,
) -> Result<(), T> {
    // `spawn` drops the function that it cannot run, and what the function owns. So the value is kept in a place that
    // both sides share.
    let place = Arc::new(Mutex::new(Some(value)));
    let handed = Arc::clone(&place);
    let work = Box::new(move || {
        let value = lock(&handed).take();
        if let Some(value) = value {
            work(value);
        }
    });
    match spawn(Builder::new().name(name.into()), work) {
        Ok(_) => Ok(()),
        Err(_) => lock(&place).take().map_or(Ok(()), Err),
    }
}

/// The number of shards of a structure that many threads use at once: 16 are enough that two processors rarely meet at
/// the same one.
pub(crate) const SHARDS: usize = 16;

/// The shard of the current thread, which a few other threads may have, too.
#[inline]
pub(crate) fn own_shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: Cell<usize> = const { Cell::new(usize::MAX) });
    let own = OWN.get();
    if own < SHARDS {
        return own;
    }
    // Relaxed: the number only spreads the threads, and publishes no other memory.
    let own = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    OWN.set(own);
    own
}
