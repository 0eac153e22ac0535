//! In and out of the outermost region of a slot, past the gate.
//!
//! Its owner says that it is inside, or no longer, and then looks at the gate; who waits says so at the
//! gate, and then looks at the slots. A fence on both sides, between the saying and the looking, and at
//! least one of the two sees the other.

use std::panic::Location;
use std::sync::atomic::Ordering;

use super::slot::Slot;
use super::{gate, mask};
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

    /// Leaves one region.
    #[inline]
    pub(super) fn leave(&self) {
        // In a forked child it may be 0 by now.
        let depth = self.depth.load(Ordering::Relaxed).saturating_sub(1);
        // Release: what the region did has happened before the waiter goes on.
        self.depth.store(depth, Ordering::Release);
        if depth == 0 {
            compiler_fence(Ordering::SeqCst);
            if gate::is_guarded() {
                gate::leave(self.key());
            }
        }
    }

    /// A thread is at a gate that is not simply open: it waits there where it must, but not within a region
    /// of a task.
    #[cold]
    #[inline(never)]
    pub(super) fn pass_gate(&self) {
        while !self.is_let_through() && !mask::is_polling() && !mask::is_admitted() {
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
