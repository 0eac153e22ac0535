//! The places of all that may hold shields: a thread's, for its whole life, and a task's, for the
//! length of a region.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;

use super::holder::Holder;
use super::watch::Watchers;
use super::{SLOTS, gate};
use crate::sync::{AtomicBool, AtomicU32, AtomicU64, Mutex, OnceLock, lock, thread_local};
use crate::sync::{SHARDS, own_shard};
use crate::sys::Published;

/// A place. On cache lines of its own, so that threads do not slow each other down.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Slot {
    /// How many shields its owner is inside of. Written by the owner only.
    pub(super) depth: AtomicU32,
    /// The outermost one; its version tells one region from the next.
    pub(super) site: Published,
    /// When it was entered or first seen, in milliseconds; 0: not known yet.
    pub(super) since: AtomicU64,
    /// Whether nobody is to wait for it.
    pub(super) exempt: AtomicBool,
    /// Whether somebody owns it. One of the tasks' always is.
    pub(super) claimed: AtomicBool,
    pub(super) holder: Holder,
    /// Of the task that waits for the gate with this slot. Elsewhere, so that a slot is no larger than its cache lines.
    pub(super) parked: Box<Mutex<Option<Waker>>>,
    /// The tasks that wait for the end of the region.
    pub(super) watchers: Arc<Watchers>,
    next: OnceLock<&'static Slot>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Slots {
    /// The head of the list. It grows to the greatest number of threads that were ever alive, and of
    /// regions of tasks that ever were, at the same time.
    pub(super) first: OnceLock<&'static Slot>,
    /// The last one, or one not far from it.
    pub(super) last: Mutex<Option<&'static Slot>>,
    /// Those of tasks that are inside no region.
    pub(super) spare: [Mutex<Vec<&'static Slot>>; SHARDS],
}

pub(super) fn slots() -> impl Iterator<Item = &'static Slot> {
    std::iter::successors(SLOTS.first.get().copied(), |slot| slot.next.get().copied())
}

thread_local! {
    /// The thread's slot. Without a destructor, so that it is there in other values' ones.
    pub(super) static SLOT: Cell<Option<&'static Slot>> = const { Cell::new(None) };
    /// Gives the slot back when the thread ends.
    static GIVE_BACK: GiveBack = const { GiveBack };
    /// One of the spare ones that the thread need not lock anything for.
    static AT_HAND: AtHand = const { AtHand(Cell::new(None)) };
}

struct GiveBack;

impl Drop for GiveBack {
    fn drop(&mut self) {
        if let Ok(Some(slot)) = SLOT.try_with(Cell::get) {
            // A shield that was leaked, or is open in `process::exit`, keeps its slot.
            if slot.depth.load(Ordering::Relaxed) == 0 && !slot.exempt.load(Ordering::Relaxed) {
                let _ = SLOT.try_with(Cell::take);
                slot.claimed.store(false, Ordering::Release);
            }
        }
    }
}

struct AtHand(Cell<Option<&'static Slot>>);

impl Drop for AtHand {
    fn drop(&mut self) {
        if let Some(spare) = self.0.take() {
            spare.put_by();
        }
    }
}

impl Slot {
    /// Finds or makes a slot for this thread.
    #[cold]
    #[inline(never)]
    pub(super) fn claim() -> &'static Slot {
        gate::process_fence();
        let slot = slots().find(|slot| {
            slot.claimed
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        });
        let slot = slot.unwrap_or_else(|| Slot::append(Holder::threads()));
        slot.holder.note_current();
        SLOT.with(|own| own.set(Some(slot)));
        // In a thread's last destructors this fails: the slot is lost then, to that thread.
        let _ = GIVE_BACK.try_with(|_| ());
        slot
    }

    /// Takes one for a region of a task.
    pub(super) fn take() -> &'static Slot {
        if let Ok(Some(spare)) = AT_HAND.try_with(|AtHand(spare)| spare.take()) {
            return spare;
        }
        let shard = own_shard();
        let spare = lock(&SLOTS.spare[shard]).pop();
        spare.unwrap_or_else(|| {
            gate::process_fence();
            Slot::append(Holder::tasks(shard))
        })
    }

    /// The region is over, and has left.
    pub(super) fn give_back(&'static self) {
        if self.exempt.load(Ordering::Relaxed) {
            self.exempt.store(false, Ordering::SeqCst);
        }
        let before = AT_HAND.try_with(|AtHand(spare)| spare.replace(Some(self)));
        if let Some(spare) = before.unwrap_or(Some(self)) {
            spare.put_by();
        }
    }

    /// From now on others may take it.
    fn put_by(&'static self) {
        if let Some(shard) = self.holder.shard() {
            lock(&SLOTS.spare[shard]).push(self);
        }
    }

    /// Notes which task is polling the region.
    pub(super) fn note_task(&self) {
        self.holder.note_current();
    }

    fn append(holder: Holder) -> &'static Slot {
        let slot: &'static Slot = Box::leak(Box::new(Slot {
            depth: AtomicU32::new(0),
            site: Published::new(),
            since: AtomicU64::new(0),
            exempt: AtomicBool::new(false),
            claimed: AtomicBool::new(true),
            holder,
            parked: Box::default(),
            watchers: Arc::default(),
            next: OnceLock::new(),
        }));
        // From the last one on, since from the head many would take quadratic time; but not waiting for
        // it, which in a forked child may be for ever.
        let mut last = SLOTS.last.try_lock().ok();
        let known = last.as_ref().and_then(|last| **last);
        let mut end = known.map_or(&SLOTS.first, |last| &last.next);
        while end.set(slot).is_err() {
            end = match end.get() {
                Some(taken) => &taken.next,
                // Not reached: what cannot be set is set.
                None => continue,
            };
        }
        if let Some(last) = &mut last {
            **last = Some(slot);
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shield writes to its slot alone, and two slots share no cache line. There may be as many as there are tasks.
    #[test]
    fn a_slot_is_two_cache_lines() {
        assert_eq!(size_of::<Slot>(), 128);
    }
}
