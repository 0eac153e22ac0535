//! Which shielded regions of tasks the current thread is inside of: those whose futures it is
//! polling at this moment.

use std::cell::RefCell;

use super::slot::{SLOT, Slot};
use std::sync::atomic::Ordering;

thread_local! {
    static POLLED: RefCell<Vec<&'static Slot>> = const { RefCell::new(Vec::new()) };
}

/// Polls, or drops, what belongs to a region: nothing in it sees a request.
pub(super) fn masked<T>(slot: &'static Slot, inside: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            let _ = POLLED.try_with(|polled| polled.borrow_mut().pop());
        }
    }
    // In a thread's last destructors there is no such list any more, and nobody that looks at it.
    let entered = POLLED.try_with(|polled| polled.borrow_mut().push(slot));
    let _leave = entered.is_ok().then_some(Leave);
    inside()
}

/// Whether what runs now is inside a shield: its thread's, or its task's.
#[inline]
pub(crate) fn held() -> bool {
    let by_thread = || SLOT.get().map(|slot| slot.depth.load(Ordering::Relaxed));
    by_thread().is_some_and(|depth| depth > 0) || is_polling()
}

fn is_polling() -> bool {
    POLLED
        .try_with(|polled| !polled.borrow().is_empty())
        .unwrap_or(false)
}

/// Does something for each region that the current thread is inside of.
pub(super) fn for_each_polled(mut act: impl FnMut(&'static Slot)) {
    let _ = POLLED.try_with(|polled| polled.borrow().iter().for_each(|slot| act(slot)));
}
