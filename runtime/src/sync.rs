//! What threads meet at, and the clock: by names that the models of `models/` give another meaning.

use std::sync::PoisonError;

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, compiler_fence, fence};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, OnceLock};
pub(crate) use std::thread::sleep;
pub(crate) use std::thread_local;
pub(crate) use std::time::Instant;

/// Locks it, also after a panic: what is locked here is whole at any moment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has it done on a thread of its own. Whether there was one left.
pub(crate) fn detach(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    let thread = std::thread::Builder::new().name(name.into());
    thread.spawn(work).is_ok()
}
