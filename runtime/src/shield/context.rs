//! What the current thread is inside of: shields of its own, and regions of the tasks that it polls.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
// These are not the atomics of `crate::sync`, since the models have no foreign exit.
use std::sync::atomic::{AtomicU32, Ordering};

use super::holder::TaskId;
use super::slot::{SLOT, Slot};
use crate::sync::{forks, thread_local};

/// A region that the current thread polls, and the task that it polls there. In the middle of a task a `LocalSet` polls
/// other tasks. These are not inside the regions of the first one.
type Polled = (&'static Slot, Option<TaskId>);

thread_local! {
    /// The regions whose futures the current thread polls at this moment, from the outermost on. The value has no
    /// destructor: `exit(3)` runs the thread's destructors before the exit functions, and ours asks for this list.
    static POLLED: ManuallyDrop<RefCell<Vec<Polled>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
    /// Frees the list's memory when the thread ends.
    static AT_THREAD_END: AtThreadEnd = const { AtThreadEnd };
    /// Whether a closed gate lets the thread through.
    static ADMITTED: Cell<bool> = const { Cell::new(false) };
}

struct AtThreadEnd;

impl Drop for AtThreadEnd {
    fn drop(&mut self) {
        // Outside of the models the list is always there. In the models its destructor may have run.
        let _ = POLLED.try_with(|polled| {
            // The list is not empty where the thread has called `process::exit` inside a region.
            if polled.borrow().is_empty() {
                polled.take();
            }
        });
    }
}

/// Runs a part of a region: a poll of its future, or the drop of that future. The part sees no request.
pub(super) fn run_inside<T>(slot: &'static Slot, part: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            POLLED.with(|polled| polled.borrow_mut().pop());
        }
    }
    POLLED.with(|polled| {
        let mut polled = polled.borrow_mut();
        if polled.capacity() == 0 {
            // This fails in a thread's last destructors. Then the memory of the list is lost.
            let _ = AT_THREAD_END.try_with(|_| ());
        }
        polled.push((slot, TaskId::current()));
    });
    let _leave = Leave;
    part()
}

/// Which shields count for a question about the current thread or task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shields {
    All,
    /// All but the shield of `start`: those that an unmasked handle does not look through.
    AllButStart,
}

impl Shields {
    /// Whether the region of this slot is among these.
    fn contain(self, slot: &Slot) -> bool {
        // Relaxed: whoever polls the region asks, and has written this.
        self == Shields::All || !slot.is_start.load(Ordering::Relaxed)
    }
}

/// Returns whether what runs now is inside a shield of its thread or of its task.
#[inline]
pub(crate) fn held(shields: Shields) -> bool {
    held_by_thread() || held_by_task(shields)
}

/// Returns whether the current thread itself is inside a shield.
#[inline]
pub(super) fn held_by_thread() -> bool {
    // Relaxed: the thread reads what it has stored itself.
    let depth = SLOT
        .with(Cell::get)
        .map(|slot| slot.depth.load(Ordering::Relaxed));
    depth.is_some_and(|depth| depth > 0)
}

/// Returns whether a shield is held that cannot end while the current thread blocks: the thread's own, or that of a
/// task which the thread polls.
pub(crate) fn held_on_this_thread() -> bool {
    held_by_thread() || POLLED.with(|polled| !polled.borrow().is_empty())
}

/// Returns whether the task that runs now is inside a region.
pub(super) fn held_by_task(shields: Shields) -> bool {
    outermost_of_task(shields).is_some()
}

/// Returns the slot of the outermost region that what runs now is inside of: that of its thread, or else that of its
/// task.
pub(super) fn outermost(shields: Shields) -> Option<&'static Slot> {
    if held_by_thread() {
        SLOT.with(Cell::get)
    } else {
        outermost_of_task(shields)
    }
}

fn outermost_of_task(shields: Shields) -> Option<&'static Slot> {
    POLLED.with(|polled| {
        let polled = polled.borrow();
        // The list is looked at first, since it takes longer to ask for the task.
        if polled.is_empty() {
            return None;
        }
        let task = TaskId::current();
        let own = polled
            .iter()
            .find(|(slot, polled)| *polled == task && shields.contain(slot));
        own.map(|(slot, _)| *slot)
    })
}

/// Calls a function for each region that the current thread polls, also those of other tasks.
pub(super) fn for_each_polled(mut act: impl FnMut(&'static Slot)) {
    POLLED.with(|polled| polled.borrow().iter().for_each(|(slot, _)| act(slot)));
}

/// Exempts the current thread with the regions that it polls, or ends the exemption. No barrier waits for an exempt
/// thread, and a closed gate lets it through. Returns whether the thread was exempt before.
///
/// The thread that conducts the exit is exempt. So is the app's thread while it blocks until it is told what to do
/// next: if it has left shields behind, they do not end by themselves.
pub(crate) fn exempt_this_thread(exempt: bool) -> bool {
    // SeqCst is more than is needed: barriers learn of the change by what the thread says next, and that goes through a
    // lock.
    for_each_polled(|slot| slot.exempt.store(exempt, Ordering::SeqCst));
    let slot = SLOT.with(Cell::get).unwrap_or_else(Slot::claim);
    slot.exempt.swap(exempt, Ordering::SeqCst)
}

/// The process in which somebody has called `std::process::exit`: its [`forks`], plus one. That thread conducts the
/// exit instead of the app.
static FOREIGN_EXIT: AtomicU32 = AtomicU32::new(0);

/// Lets the current thread through a closed gate, while barriers wait for it as ever.
///
/// The app's thread is admitted while it polls tasks that may use shields. If it were parked, it would never get to the
/// exit functions, which it is to run next. By then it has left all shields.
pub(crate) fn admit_this_thread(admit: bool) {
    ADMITTED.with(|admitted| admitted.set(admit));
}

/// Notes that somebody has called `std::process::exit`. From now on [`admit_this_thread`] lets no thread through a
/// closed gate: the process ends whatever the app's thread is inside of.
pub(super) fn note_foreign_exit() {
    // SeqCst is more than is needed: the caller closes the gate after this, and whoever finds it closed
    // has taken the gate's lock after that.
    FOREIGN_EXIT.store(forks() + 1, Ordering::SeqCst);
}

/// Returns whether somebody has called `std::process::exit`. The caller has the gate's lock, or had it before.
pub(super) fn is_foreign_exit() -> bool {
    // SeqCst, for the reason in `note_foreign_exit`.
    FOREIGN_EXIT.load(Ordering::SeqCst) == forks() + 1
}

/// Returns whether a closed gate lets the current thread through. The caller has to look at the gate before it asks
/// this.
pub(super) fn is_admitted() -> bool {
    // The load comes after the gate's lock was taken, as `note_foreign_exit` needs it.
    ADMITTED.with(Cell::get) && !is_foreign_exit()
}
