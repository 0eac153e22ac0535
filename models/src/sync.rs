//! What the library calls by these names, as the models have it.

mod clock;
mod condvar;
mod once;

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::memory;

pub(crate) use clock::{Instant, pass};
pub(crate) use condvar::Condvar;
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
pub(crate) use loom::sync::{Mutex, MutexGuard};
pub(crate) use once::OnceLock;

/// loom's, which knows no `const` block.
macro_rules! locals {
    ($($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const { $init:expr };)+) => {
        $(loom::thread_local! {
            $(#[$attribute])* $visibility static $name: $type = $init;
        })+
    };
}

pub(crate) use locals as thread_local;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    if memory::is_asymmetric() {
        if let Ok(guard) = mutex.try_lock() {
            return guard;
        }
    }
    memory::blocking(|| mutex.lock()).unwrap_or_else(PoisonError::into_inner)
}

/// The fence of who enters or leaves.
pub(crate) fn fence(ordering: Ordering) {
    if !memory::lacks(memory::Fence::Light) {
        loom::sync::atomic::fence(ordering);
    }
}

pub(crate) fn compiler_fence(_: Ordering) {
    memory::interrupted();
}

pub(crate) fn sleep(_: Duration) {
    loom::thread::yield_now();
}

/// Here and now: that another thread does it later is the order in which this one comes late.
#[allow(clippy::unnecessary_wraps, reason = "the library's may give it back")]
pub(crate) fn hand_over<T>(_: &str, value: T, work: impl FnOnce(T)) -> Result<(), T> {
    work(value);
    Ok(())
}

/// No process is forked here.
pub(crate) fn forks() -> u32 {
    0
}

/// One shard, so that all meet in it.
pub(crate) const SHARDS: usize = 1;

pub(crate) fn own_shard() -> usize {
    0
}
