//! The shield of a thread.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::Ordering;

use super::slot::{SLOT, Slot};

/// Holds off the end: while a value of this type lives, the thread that made it is shielded.
///
/// Made by [`shield`]. Shields nest, and end in any order; only the end of the last one of a
/// thread opens its view again. It stays on its thread: it is not `Send`.
///
/// ```compile_fail
/// let shield = aplomb::shield("commit");
/// std::thread::spawn(move || drop(shield)); // a shield belongs to the thread that made it
/// ```
#[must_use = "the shield ends when this value is dropped: bind it, `let _shield = …`"]
pub struct Shield {
    slot: &'static Slot,
    /// Not `Send`: a shield masks the thread that it was made on.
    thread: PhantomData<*mut ()>,
}

/// Shields the current thread until the returned guard is dropped; for a function, write
/// [`#[shielded]`](macro@crate::shielded) instead.
///
/// What is inside is never cut: not by a signal, however many come, not by cancellation, not by
/// the end of the process, which waits. The [interruption points](crate::Shutdown) inside
/// behave as if nothing had been requested; [`is_requested`](crate::Shutdown::is_requested) tells
/// the truth as ever. What does cut it: SIGQUIT, SIGKILL, `abort`, and a deadline that the app
/// itself has set.
///
/// `name` appears, with the place of the call, in the line that says who holds up the exit.
///
/// Entering and leaving cost a few nanoseconds, on any number of threads.
///
/// Once the exit has begun, after `stop`, a thread that would enter its outermost shield waits
/// here instead: what has not begun is not begun half-way. (If another shield goes on and on, those
/// who wait are let through now and then: it may need what they hold.)
///
/// ```
/// # fn write_both() {}
/// {
///     let _shield = aplomb::shield("move the money");
///     write_both(); // both or none
/// } // from here on a request is seen again
/// ```
#[inline]
#[track_caller]
pub fn shield(name: &'static str) -> Shield {
    shield_at(name, Location::caller())
}

/// The same for a place that is not the caller's.
#[inline]
pub(crate) fn shield_at(name: &'static str, location: &'static Location<'static>) -> Shield {
    let slot = SLOT.with(Cell::get).unwrap_or_else(Slot::claim);
    let depth = slot.depth.load(Ordering::Relaxed);
    if depth == 0 {
        if !slot.enter(name, location) {
            slot.pass_gate();
        }
    } else {
        slot.depth.store(depth + 1, Ordering::Relaxed);
    }
    Shield {
        slot,
        thread: PhantomData,
    }
}

impl Drop for Shield {
    #[inline]
    fn drop(&mut self) {
        self.slot.leave();
    }
}

impl fmt::Debug for Shield {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shield").finish_non_exhaustive()
    }
}
