//! What threads meet at, and the clock: by names that the models of `models/` give another meaning.

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

/// Locks it, also after a panic: what is locked here is whole at any moment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a thread. All of ours start here: what the standard library does for that is compiled once for each type of
/// function, and is more than most of our files.
pub(crate) fn spawn(thread: Builder, work: Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>> {
    thread.spawn(work)
}

/// Hands the value over to a thread of its own. It comes back where there is none left.
pub(crate) fn hand_over<T: Send + 'static>(
    name: &str,
    value: T,
    work: impl FnOnce(T) + Send + 'static,
) -> Result<(), T> {
    // What a thread that cannot be spawned was to own would be lost with it.
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

/// How many there are: more than processors that are likely to meet at one of them.
pub(crate) const SHARDS: usize = 16;

/// The current thread's own, which it shares with few others.
#[inline]
pub(crate) fn own_shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: Cell<usize> = const { Cell::new(usize::MAX) });
    let own = OWN.get();
    if own < SHARDS {
        return own;
    }
    let own = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    OWN.set(own);
    own
}
