//! The gate: a word that is zero as long as nobody takes an interest in shields, and what entering
//! and leaving do when it is not.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::thread;
use std::time::Duration;

use super::slot::Slot;
use crate::sys::{Event, Fence};

static GATE: AtomicU32 = AtomicU32::new(FENCED);

/// Somebody waits for shields: whoever leaves one says so.
const WAITED: u32 = 1;
/// The exit has begun: whoever would enter an outermost shield parks.
const CLOSED: u32 = 1 << 1;
/// Whoever enters one notes the time.
const TIMED: u32 = 1 << 2;
/// There is no asymmetric fence: whoever enters or leaves uses a full one.
const FENCED: u32 = 1 << 3;
/// It stays closed: nobody was inside, and nobody gets in any more.
const SEALED: u32 = 1 << 4;

/// Whether entering and leaving are to look closer.
#[inline]
pub(super) fn is_guarded() -> bool {
    GATE.load(Ordering::Relaxed) != 0
}

/// How a shield is entered at a guarded gate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passing {
    /// Whether its time is to be noted.
    pub(super) timed: bool,
    /// Whether it may not be entered.
    pub(super) closed: bool,
}

/// A closer look, by a thread that has just said that it is inside.
pub(super) fn pass() -> Passing {
    let gate = guarded();
    Passing {
        timed: gate & TIMED != 0,
        closed: gate & CLOSED != 0,
    }
}

/// A thread has left its outermost shield at a guarded gate: those who wait look again.
#[cold]
#[inline(never)]
pub(super) fn leave() {
    if guarded() & WAITED != 0 {
        for event in waiting().iter() {
            event.set();
        }
    }
}

/// The gate, ordered after the caller's own store.
fn guarded() -> u32 {
    if GATE.load(Ordering::Relaxed) & FENCED != 0 {
        fence(Ordering::SeqCst);
    }
    GATE.load(Ordering::SeqCst)
}

/// From here on, times are noted, or no longer.
pub(super) fn note_times(on: bool) {
    if on {
        GATE.fetch_or(TIMED, Ordering::SeqCst);
    } else {
        GATE.fetch_and(!TIMED, Ordering::SeqCst);
    }
}

/// Has the event set whenever an outermost shield ends. When this returns, every shield that
/// was entered before can be seen.
pub(super) fn wait_at(event: &Arc<Event>) {
    waiting().push(Arc::clone(event));
    guard(WAITED);
}

/// Closes the gate. When this returns, every shield that was entered at an open gate can be seen, and
/// all others see that it is closed.
pub(super) fn close() {
    guard(CLOSED);
}

/// Closes it for good, if it is closed and nobody is inside. Whether it did. Two may wait at the gate, the
/// app and a foreign exit: what one of them opens the other must not seal.
pub(super) fn seal_unless(is_held: impl FnOnce() -> bool) -> bool {
    let _parked = parked();
    let seals = GATE.load(Ordering::SeqCst) & CLOSED != 0 && !is_held();
    if seals {
        GATE.fetch_or(SEALED, Ordering::SeqCst);
    }
    seals
}

/// Lets through who is parked, and whoever comes, unless it was sealed.
pub(super) fn reopen() {
    let mut parked = parked();
    let open = |gate| (gate & SEALED == 0).then_some(gate & !CLOSED);
    if GATE
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, open)
        .is_ok()
    {
        REOPENED.notify_all();
        let tasks = std::mem::take(&mut *parked);
        drop(parked);
        tasks.into_values().for_each(Waker::wake);
    }
}

/// In a forked child: who waited, and whatever was going on at the gate, is the parent's.
pub(super) fn forget() {
    std::mem::forget(std::mem::take(&mut *waiting()));
    std::mem::forget(std::mem::take(&mut *parked()));
    GATE.fetch_and(FENCED, Ordering::SeqCst);
}

/// Waits until the gate is open.
pub(super) fn park() {
    let mut parked = parked();
    while GATE.load(Ordering::SeqCst) & CLOSED != 0 {
        parked = REOPENED
            .wait(parked)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

/// Has the task woken when the gate is opened again; `slot` is its own. Whether it has to wait for that.
pub(super) fn park_task(slot: &'static Slot, waker: &Waker) -> bool {
    let mut parked = parked();
    let closed = GATE.load(Ordering::SeqCst) & CLOSED != 0;
    if closed {
        parked.insert(std::ptr::from_ref(slot).addr(), waker.clone());
    }
    closed
}

/// It no longer waits.
pub(super) fn unpark_task(slot: &'static Slot) {
    let waker = parked().remove(&std::ptr::from_ref(slot).addr());
    drop(waker); // Foreign code, without the lock.
}

static REOPENED: Condvar = Condvar::new();

/// The tasks that wait for the gate, by their slots; threads wait with the lock.
fn parked() -> MutexGuard<'static, BTreeMap<usize, Waker>> {
    static PARKED: Mutex<BTreeMap<usize, Waker>> = Mutex::new(BTreeMap::new());
    PARKED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn guard(how: u32) {
    GATE.fetch_or(how, Ordering::SeqCst);
    if !process_fence().heavy() {
        // A filter has come to refuse it since. From now on both sides use fences; what was under
        // way without them is over in a moment.
        GATE.fetch_or(FENCED, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(10));
    }
}

/// No longer.
pub(super) fn wait_no_longer(event: &Arc<Event>) {
    let mut waiting = waiting();
    let own = |other: &Arc<Event>| Arc::ptr_eq(other, event);
    if let Some(position) = waiting.iter().position(own) {
        waiting.swap_remove(position);
    }
    if waiting.is_empty() {
        GATE.fetch_and(!WAITED, Ordering::SeqCst);
    }
}

/// The events of those who wait. Locked for a few instructions at a time, by no handler, and with no
/// foreign code inside.
fn waiting() -> MutexGuard<'static, Vec<Arc<Event>>> {
    static WAITING: Mutex<Vec<Arc<Event>>> = Mutex::new(Vec::new());
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which fence this process has; asked when the first thread enters a shield.
pub(super) fn process_fence() -> Fence {
    static FENCE: OnceLock<Fence> = OnceLock::new();
    *FENCE.get_or_init(|| {
        let fence = Fence::prepare();
        if fence == Fence::Asymmetric {
            GATE.fetch_and(!FENCED, Ordering::SeqCst);
        }
        fence
    })
}
