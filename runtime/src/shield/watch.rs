//! Tasks that wait until what masks them is over.
//!
//! A future that is polled inside a region sees no request there. Combinators poll only those of their futures that were
//! woken, so nobody may look at it again when the region has ended, unless that wakes it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

use super::slot::Slot;
use super::{gate, mask};

/// A future's place among those that are woken at the end of a region, or when a scope opens; at most one. Dropping it gives the place up.
#[derive(Debug, Default)]
pub(crate) struct Watch(Option<Place>);

/// Where a task waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// What it waits for: the address of a slot, or of a scope.
    pub(super) of: usize,
    /// Which tells it from others there.
    id: u64,
}

impl Place {
    /// The first of all that wait for one thing.
    pub(super) fn first(of: usize) -> Self {
        Place { of, id: 0 }
    }
}

impl Watch {
    /// If what runs now is inside a shield, has the task woken when that is over. Whether it is.
    ///
    /// Whoever polls is inside, so the region cannot end meanwhile, and no end of it is missed.
    pub(crate) fn until_unmasked(&mut self, task: &Waker) -> bool {
        let slot = mask::outermost();
        match slot.map(Slot::key) {
            Some(key) => self.wait_for(key, task),
            None => self.stop(),
        }
        slot.is_some()
    }

    /// Has the task woken when this one is told of: a slot, or a scope, by its address.
    pub(super) fn wait_for(&mut self, of: usize, task: &Waker) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        if self.0.is_some_and(|place| place.of != of) {
            self.stop();
        }
        let place = *self.0.get_or_insert_with(|| Place {
            of,
            // Relaxed: no two are the same, and nothing else follows from it.
            id: NEXT.fetch_add(1, Ordering::Relaxed),
        });
        gate::watch(place, task);
    }

    /// Waits no longer.
    #[inline]
    pub(crate) fn stop(&mut self) {
        if self.0.is_some() {
            self.give_up();
        }
    }

    #[cold]
    fn give_up(&mut self) {
        if let Some(place) = self.0.take() {
            gate::watch_no_longer(place);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop();
    }
}
