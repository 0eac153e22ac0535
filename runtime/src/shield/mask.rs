//! Which shielded regions of tasks the current thread is inside of: those whose futures it is
//! polling at this moment.

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use super::slot::{SLOT, Slot};
use std::sync::atomic::Ordering;

thread_local! {
    /// Without a destructor: `exit(3)` runs a thread's destructors before the exit functions, of which ours
    /// asks for this list.
    static POLLED: ManuallyDrop<RefCell<Vec<&'static Slot>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
    /// Gives its memory back when the thread ends.
    static GIVE_BACK: GiveBack = const { GiveBack };
}

struct GiveBack;

impl Drop for GiveBack {
    fn drop(&mut self) {
        POLLED.with(|polled| {
            // In `process::exit` inside a region it is not empty.
            if polled.borrow().is_empty() {
                polled.take();
            }
        });
    }
}

/// Polls, or drops, what belongs to a region: nothing in it sees a request.
pub(super) fn masked<T>(slot: &'static Slot, inside: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            POLLED.with(|polled| polled.borrow_mut().pop());
        }
    }
    POLLED.with(|polled| {
        let mut polled = polled.borrow_mut();
        if polled.capacity() == 0 {
            // In a thread's last destructors this fails: the memory is lost then.
            let _ = GIVE_BACK.try_with(|_| ());
        }
        polled.push(slot);
    });
    let _leave = Leave;
    inside()
}

/// Whether what runs now is inside a shield: its thread's, or its task's.
#[inline]
pub(crate) fn held() -> bool {
    held_by_thread() || is_polling()
}

/// Whether the current thread itself is inside one.
#[inline]
pub(super) fn held_by_thread() -> bool {
    let depth = SLOT.get().map(|slot| slot.depth.load(Ordering::Relaxed));
    depth.is_some_and(|depth| depth > 0)
}

/// Whether it is inside a region of a task.
pub(super) fn is_polling() -> bool {
    POLLED.with(|polled| !polled.borrow().is_empty())
}

/// Does something for each region that the current thread is inside of.
pub(super) fn for_each_polled(mut act: impl FnMut(&'static Slot)) {
    POLLED.with(|polled| polled.borrow().iter().for_each(|slot| act(slot)));
}
