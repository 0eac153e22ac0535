//! Which regions the current thread is polling, as in `runtime/src/shield/context.rs`: nobody else looks.

use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering;

use super::slot::{SLOT, Slot};
use crate::sync::thread_local;

thread_local! {
    static POLLED: RefCell<Vec<&'static Slot>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn run_inside<T>(slot: &'static Slot, inside: impl FnOnce() -> T) -> T {
    POLLED.with(|polled| polled.borrow_mut().push(slot));
    let value = inside();
    POLLED.with(|polled| polled.borrow_mut().pop());
    value
}

pub(super) fn held() -> bool {
    let by_thread = SLOT.with(Cell::get);
    by_thread.is_some_and(|slot| slot.depth.load(Ordering::Relaxed) > 0) || is_polling()
}

pub(super) fn is_polling() -> bool {
    POLLED.with(|polled| !polled.borrow().is_empty())
}

pub(super) fn for_each_polled(act: impl FnMut(&'static Slot)) {
    POLLED.with(|polled| polled.borrow().iter().copied().for_each(act));
}

pub(super) fn outermost() -> Option<&'static Slot> {
    let by_thread = SLOT.with(Cell::get);
    let by_thread = by_thread.filter(|slot| slot.depth.load(Ordering::Relaxed) > 0);
    by_thread.or_else(|| POLLED.with(|polled| polled.borrow().first().copied()))
}

/// There is no app.
pub(super) fn is_admitted() -> bool {
    false
}
