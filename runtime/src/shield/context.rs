//! Which shielded regions of tasks the current thread is inside of: those whose futures it is
//! polling at this moment.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use super::holder::{TaskId, current_task};
use super::slot::{SLOT, Slot};
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    /// Without a destructor: `exit(3)` runs a thread's destructors before the exit functions, of which ours
    /// asks for this list.
    static POLLED: ManuallyDrop<RefCell<Vec<Polled>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
    /// Gives its memory back when the thread ends.
    static GIVE_BACK: GiveBack = const { GiveBack };
}

/// A region's slot, and the task that it is polled in: others may be polled meanwhile, as a `LocalSet` does it
/// with its own, which are not inside.
type Polled = (&'static Slot, Option<TaskId>);

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
pub(super) fn run_inside<T>(slot: &'static Slot, inside: impl FnOnce() -> T) -> T {
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
        polled.push((slot, current_task()));
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
    POLLED.with(|polled| {
        let polled = polled.borrow();
        !polled.is_empty() && {
            let task = current_task();
            polled.iter().any(|(_, of)| *of == task)
        }
    })
}

/// The outermost region that what runs now is inside of: its thread's own, or else one of its task.
pub(super) fn outermost() -> Option<&'static Slot> {
    if held_by_thread() {
        return SLOT.get();
    }
    POLLED.with(|polled| {
        let polled = polled.borrow();
        if polled.is_empty() {
            return None;
        }
        let task = current_task();
        let own = polled.iter().find(|(_, of)| *of == task);
        own.map(|(slot, _)| *slot)
    })
}

/// Does something for each region that the current thread is inside of.
pub(super) fn for_each_polled(mut act: impl FnMut(&'static Slot)) {
    POLLED.with(|polled| polled.borrow().iter().for_each(|(slot, _)| act(slot)));
}

thread_local! {
    static ADMITTED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the end is conducted by who has called `std::process::exit`, and not by the app.
static FOREIGN: AtomicBool = AtomicBool::new(false);

/// Lets the current thread through a closed gate, though it is waited for as ever: for the app's thread while
/// tasks are polled on it that may use shields. Parked, it would never get to the exit functions, which it is
/// to run next; and what it is inside of is over by then.
pub(crate) fn admit_this_thread(admit: bool) {
    ADMITTED.set(admit);
}

/// From now on nobody is let through so: the process ends whatever the app's thread is inside of.
pub(crate) fn note_foreign_exit() {
    FOREIGN.store(true, Ordering::SeqCst);
}

pub(super) fn is_admitted() -> bool {
    ADMITTED.get() && !FOREIGN.load(Ordering::SeqCst)
}
