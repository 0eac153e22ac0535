//! The regions that something was begun in, which may outlast it.

use std::sync::Arc;

use super::barrier::{Barrier, Held};
use super::context;
use super::slot::{SLOT, Slot};
use crate::sys::Event;

/// The outermost regions that this thread, or the task that is polled on it, is inside of.
#[derive(Debug)]
pub(crate) struct Shelter(Vec<Held>);

impl Shelter {
    pub(crate) fn here() -> Self {
        let held = |slot: &'static Slot| (slot, slot.site.version());
        let own = SLOT.get().filter(|_| context::held_by_thread());
        let mut regions: Vec<_> = own.map(held).into_iter().collect();
        if context::is_polling() {
            context::for_each_polled(|slot| regions.push(held(slot)));
        }
        Shelter(regions)
    }

    /// Waits for the end of those that are still held.
    pub(crate) fn barrier(self, event: Arc<Event>) -> Barrier {
        Barrier::of(event, || self.0)
    }
}
