//! In and out of the outermost region of a slot, past the gate.
//!
//! Its owner says that it is inside, or no longer, and then looks at the gate; who waits says so at the
//! gate, and then looks at the slots. A fence on both sides, between the saying and the looking, and at
//! least one of the two sees the other.

use std::cell::Cell;
use std::panic::Location;
use std::sync::atomic::Ordering;

use super::slot::{SLOT, Slot};
use super::{context, gate};
use crate::sync::compiler_fence;
use crate::sys::milliseconds;

impl Slot {
    /// Enters the outermost region. Whether that is all: otherwise the gate wants to be looked at.
    #[inline]
    pub(super) fn enter(&self, name: &'static str, location: &'static Location<'static>) -> bool {
        self.site.write(name, location);
        self.since.store(0, Ordering::Relaxed);
        self.go_inside()
    }

    #[inline]
    fn go_inside(&self) -> bool {
        self.depth.store(1, Ordering::Release);
        // The other half is the waiter's heavy fence.
        compiler_fence(Ordering::SeqCst);
        !gate::is_guarded()
    }

    /// The thread leaves one of its shields.
    #[inline]
    pub(super) fn leave(&self) {
        if self.go_outside() {
            leave_at_gate();
        }
    }

    /// A task leaves its region.
    pub(super) fn leave_region(&self) {
        if self.go_outside() {
            gate::leave(self);
        }
    }

    /// Leaves one region. Whether that was the outermost one, and the gate wants to be looked at.
    #[inline]
    fn go_outside(&self) -> bool {
        // In a forked child it may be 0 by now.
        let depth = self.depth.load(Ordering::Relaxed).saturating_sub(1);
        // Release: what the region did has happened before the waiter goes on.
        self.depth.store(depth, Ordering::Release);
        if depth > 0 {
            return false;
        }
        // The other half is the waiter's heavy fence.
        compiler_fence(Ordering::SeqCst);
        gate::is_guarded()
    }

    /// A thread is at a gate that is not simply open: it waits there where it must, but not within a region
    /// of a task.
    #[cold]
    #[inline(never)]
    pub(super) fn pass_gate(&self) {
        while !self.is_let_through() && !context::is_polling() && !context::is_admitted() {
            self.leave();
            gate::park();
            if self.go_inside() {
                return;
            }
        }
    }

    /// Whether one that has just gone inside, at a gate that is not simply open, may stay.
    pub(super) fn is_let_through(&self) -> bool {
        let passing = gate::pass();
        if passing.timed {
            self.since.store(milliseconds(), Ordering::Relaxed);
        }
        !passing.closed || self.exempt.load(Ordering::Relaxed)
    }

    /// Whether the exit has to wait for it.
    pub(super) fn blocks_exit(&self) -> bool {
        self.depth.load(Ordering::Acquire) > 0 && !self.exempt.load(Ordering::Relaxed)
    }
}

/// Out of line, and without arguments, so that a shield is small where it is inlined: a function with one is not inlined any more.
#[cold]
#[inline(never)]
fn leave_at_gate() {
    if let Some(own) = SLOT.with(Cell::get) {
        gate::leave(own);
    }
}
