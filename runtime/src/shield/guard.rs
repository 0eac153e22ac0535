//! The shield of a thread.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::Ordering;

use super::context::{self, Shields};
use super::gate;
use super::slot::{SLOT, Slot};

/// Holds off the end: while a value of this type lives, the thread that made it is shielded.
///
/// Call [`shield`] to get one. Shields nest, and may end in any order. A thread sees requests again when its last
/// shield has ended. A shield stays on its thread: the type is not `Send`.
///
/// A value that is never dropped, as after [`mem::forget`](std::mem::forget), keeps its thread shielded, and the exit
/// waiting. Only on a thread of this library, such as that of the phases, such a shield counts as ended when the
/// function has ended that has made it. It is named on standard error then.
///
/// ```compile_fail
/// let shield = aplomb::shield("commit");
/// std::thread::spawn(move || drop(shield)); // a shield belongs to the thread that made it
/// ```
#[must_use = "the shield ends when this value is dropped: bind it, `let _shield = …`"]
pub struct Shield {
    slot: &'static Slot,
    /// Keeps the type from being `Send`, since the slot is that of the thread which made this value.
    thread: PhantomData<*mut ()>,
}

/// Shields the current thread until the returned guard is dropped; for a function, write
/// [`#[shielded]`](macro@crate::shielded) instead.
///
/// What is inside is never cut: not by a signal, however many come, not by cancellation, not by the end of the process,
/// which waits. The [interruption points](crate::Shutdown) inside behave as if nothing had been requested;
/// [`is_requested`](crate::Shutdown::is_requested) tells the truth as ever. Only these cut it:
///
/// - SIGQUIT, SIGKILL, and `abort`;
/// - a deadline that the app itself has set, and the SIGINT that [`force_after`](crate::App::force_after) names;
/// - `std::process::exit` on another thread, after ten seconds ([`App::exit_wait`](crate::App::exit_wait));
/// - a shutdown signal that comes while the body of `main` runs;
/// - other code that closes the descriptors of this library, such as `close_range(2)`.
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
    let slot = SLOT.with(Cell::get).unwrap_or_else(Slot::claim);
    // Relaxed: only this thread writes it.
    let depth = slot.depth.load(Ordering::Relaxed);
    if depth == 0 {
        if !slot.enter(name, Location::caller()) {
            enter_slowly(slot);
        }
    } else {
        // Relaxed: to all others one that is inside stays inside.
        slot.depth.store(depth + 1, Ordering::Relaxed);
    }
    Shield {
        slot,
        thread: PhantomData,
    }
}

/// Finishes the entering at a gate that is not idle. Where a closed gate does not let the thread through, the thread is
/// parked.
#[cold]
#[inline(never)]
fn enter_slowly(slot: &Slot) {
    // Inside a region of the current task a closed gate lets the thread in: whoever waits for that region waits for
    // this one, too.
    while !slot.may_stay() && !context::held_by_task(Shields::All) && !context::is_admitted() {
        // The thread leaves its slot while it is parked, since nobody is to wait for it.
        slot.leave();
        gate::lock_gate().wait_until_open();
        if slot.enter_again() {
            return;
        }
    }
}

impl Drop for Shield {
    #[inline]
    fn drop(&mut self) {
        if self.slot.step_out() {
            leave_slowly();
        }
    }
}

/// Says at a gate that is not idle that the thread has left its outermost shield.
///
/// This is out of line and has no arguments, so that a shield stays small where it is inlined: otherwise rustc no
/// longer inlines functions that have one.
#[cold]
#[inline(never)]
fn leave_slowly() {
    if let Some(own) = SLOT.with(Cell::get) {
        own.tell_of_end();
    }
}

impl fmt::Debug for Shield {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shield").finish_non_exhaustive()
    }
}
