//! Whom nobody waits for: a thread that conducts the exit, and what a forked child has of its parent.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use super::slot::{SLOT, Slot, slots};
use super::{context, gate};
use crate::sync::lock;

/// In a forked child: the threads of the parent are not there, and will not end what they hold.
pub(crate) fn forget_other_threads() {
    let own = SLOT.with(Cell::get).map(std::ptr::from_ref);
    for slot in slots() {
        // Without dropping them: that is code of the parent's executor.
        std::mem::forget(lock(&slot.parked).take());
        slot.watchers.forget();
        if own != Some(std::ptr::from_ref(slot)) {
            slot.depth.store(0, Ordering::SeqCst);
            slot.exempt.store(false, Ordering::SeqCst);
            // A task's is spare or lost: whoever polls it is a thread of the parent.
            let of_thread = slot.holder.shard().is_none();
            slot.claimed.store(!of_thread, Ordering::SeqCst);
        }
    }
    gate::forget();
}

/// Makes the current thread, with the regions that it is polling, one that nobody waits for, and that a
/// closed gate lets through, or no longer. For who conducts the exit; and for who waits to be told what to
/// do next, whose shields, if it has left some, do not end by themselves. Whether it was one.
pub(crate) fn exempt_this_thread(exempt: bool) -> bool {
    context::for_each_polled(|slot| slot.exempt.store(exempt, Ordering::SeqCst));
    let slot = SLOT.with(Cell::get).unwrap_or_else(Slot::claim);
    slot.exempt.swap(exempt, Ordering::SeqCst)
}
