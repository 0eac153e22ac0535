//! A value that each process has for itself: a forked child begins with a new one.
//!
//! No system is asked for anything. The file is here for its `unsafe` blocks: the value is reached by a pointer that a
//! child replaces.

use std::fmt;
use std::ops::Deref;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::system::watch_forks;
use crate::sync::forks;

/// A static whose value is made at the first use in each process.
///
/// A fork copies a static as it is at that moment. What another thread of the parent was about to change may be
/// half-changed then, and the lock that it held stays locked for ever. Besides, what the value stands for is the
/// parent's. So a forked child (`fork(2)`) makes another value, and leaves the parent's untouched.
pub(crate) struct PerProcess<T> {
    make: fn() -> T,
    value: AtomicPtr<Made<T>>,
}

struct Made<T> {
    /// The number of the [`forks`] of the process that has made it.
    forks: u32,
    value: T,
}

impl<T: Send + Sync> PerProcess<T> {
    pub(crate) const fn new(make: fn() -> T) -> Self {
        PerProcess {
            make,
            value: AtomicPtr::new(ptr::null_mut()),
        }
    }

    #[cold]
    fn make(&self, before: *mut Made<T>) -> &T {
        // The forks are watched before there is a value, so that each child learns that the value is not its own.
        watch_forks();
        let made = Box::into_raw(Box::new(Made {
            forks: forks(),
            value: (self.make)(),
        }));
        let value = &self.value;
        // AcqRel: the value is there before the pointer, also for this thread where another one was faster.
        let kept = value.compare_exchange(before, made, Ordering::AcqRel, Ordering::Acquire);
        let value = match kept {
            Ok(_) => made,
            Err(other) => {
                // SAFETY: made above, and nobody else has seen it.
                drop(unsafe { Box::from_raw(made) });
                other
            }
        };
        // SAFETY: it was made by a `Box`, by this or another thread of this process, and is never freed.
        unsafe { &(*value).value }
    }
}

impl<T: Send + Sync> Deref for PerProcess<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // Acquire: the value was made before the pointer was stored.
        let known = self.value.load(Ordering::Acquire);
        // SAFETY: null, or made by a `Box` and never freed.
        match unsafe { known.as_ref() } {
            Some(made) if made.forks == forks() => &made.value,
            _ => self.make(known),
        }
    }
}

impl<T: Send + Sync + fmt::Debug> fmt::Debug for PerProcess<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PerProcess").field(&**self).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    #[test]
    fn all_threads_find_one_value() {
        static MADE: AtomicU32 = AtomicU32::new(0);
        static VALUE: PerProcess<AtomicU32> = PerProcess::new(|| {
            MADE.fetch_add(1, Ordering::Relaxed);
            AtomicU32::new(0)
        });
        let threads: Vec<_> = (0..8)
            .map(|_| std::thread::spawn(|| VALUE.fetch_add(1, Ordering::Relaxed)))
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(VALUE.load(Ordering::Relaxed), 8);
        assert!(MADE.load(Ordering::Relaxed) >= 1);
    }
}
