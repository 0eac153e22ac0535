//! What threads meet at, and the clock: by names that the models of `models/` give another meaning.

use std::sync::{Arc, PoisonError};

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, compiler_fence, fence};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, OnceLock};
pub(crate) use std::thread::sleep;
pub(crate) use std::thread_local;
pub(crate) use std::time::Instant;

/// Locks it, also after a panic: what is locked here is whole at any moment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    let thread = std::thread::Builder::new().name(name.into());
    let spawned = thread.spawn(move || {
        let value = lock(&handed).take();
        value.map(work)
    });
    match spawned {
        Ok(_) => Ok(()),
        Err(_) => lock(&place).take().map_or(Ok(()), Err),
    }
}
