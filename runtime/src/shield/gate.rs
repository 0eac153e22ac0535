//! The gate: a word that is zero as long as nobody takes an interest in shields, and what entering
//! and leaving do when it is not.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::Waker;
use std::time::Duration;

use super::GATE;
use super::slot::{Slot, slots};
use crate::sync::{AtomicU32, Condvar, Mutex, OnceLock, fence, hand_over, lock, sleep};
use crate::sys::{Event, Fence};
use crate::wake::wake_all;

/// What the gate consists of.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) word: AtomicU32,
    /// Which fence this process has.
    pub(super) fence: OnceLock<Fence>,
    /// The events of those who wait. Locked for a few instructions at a time, by no handler, and with no
    /// foreign code inside.
    pub(super) waiting: Mutex<Vec<Arc<Event>>>,
    /// Held by whoever opens or closes the gate, or is about to wait for it. Threads wait with it; a task leaves its waker in
    /// its slot.
    pub(super) parked: Mutex<()>,
    pub(super) reopened: Condvar,
    /// How many tasks wait for the end of a region, or until a scope opens. Locked as `waiting` is.
    pub(super) watching: Mutex<usize>,
}

/// Somebody waits for shields: whoever leaves one says so.
const WAITED: u32 = 1;
/// The exit has begun: whoever would enter an outermost shield parks.
const CLOSED: u32 = 1 << 1;
/// Whoever enters one notes the time.
const TIMED: u32 = 1 << 2;
/// There is no asymmetric fence: whoever enters or leaves uses a full one.
pub(super) const FENCED: u32 = 1 << 3;
/// It stays closed: nobody was inside, and nobody gets in any more.
const SEALED: u32 = 1 << 4;

/// A task waits for the end of a region.
const WATCHED: u32 = 1 << 5;

/// Whether entering and leaving are to look closer.
#[inline]
pub(super) fn is_guarded() -> bool {
    GATE.word.load(Ordering::Relaxed) != 0
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
    if gate & CLOSED != 0 {
        // It may be inside another region, and so get in nevertheless, and outlive that one. Then whoever
        // looks at the slots right now is to see at least one of the two: its look ends first.
        drop(lock(&GATE.parked));
    }
    Passing {
        timed: gate & TIMED != 0,
        closed: gate & CLOSED != 0,
    }
}

/// The outermost region of this slot has ended, at a guarded gate: those who wait look again.
pub(super) fn leave(slot: &Slot) {
    let gate = guarded();
    if gate & WAITED != 0 {
        for event in lock(&GATE.waiting).iter() {
            event.set();
        }
    }
    if gate & WATCHED != 0 {
        slot.watchers.wake_all();
    }
}

/// The gate, ordered after the caller's own store.
fn guarded() -> u32 {
    if GATE.word.load(Ordering::Relaxed) & FENCED != 0 {
        fence(Ordering::SeqCst);
    }
    GATE.word.load(Ordering::SeqCst)
}

/// So many tasks wait for the end of a region.
pub(super) fn note_watching(more: usize) {
    let mut watching = lock(&GATE.watching);
    *watching += more;
    // With the lock: who takes the last one away says that there is none.
    GATE.word.fetch_or(WATCHED, Ordering::SeqCst);
}

/// So many of them wait no longer.
pub(super) fn note_watching_no_longer(fewer: usize) {
    let mut watching = lock(&GATE.watching);
    // In a forked child nobody waits: what is given up there was the parent's.
    *watching = watching.saturating_sub(fewer);
    if *watching == 0 {
        GATE.word.fetch_and(!WATCHED, Ordering::SeqCst);
    }
}

/// From here on, times are noted, or no longer.
pub(super) fn note_times(on: bool) {
    if on {
        GATE.word.fetch_or(TIMED, Ordering::SeqCst);
    } else {
        GATE.word.fetch_and(!TIMED, Ordering::SeqCst);
    }
}

/// Has the event set whenever an outermost shield ends. When this returns, every shield that
/// was entered before can be seen.
pub(super) fn wait_at(event: &Arc<Event>) {
    lock(&GATE.waiting).push(Arc::clone(event));
    guard(WAITED);
}

/// Closes the gate. When this returns, every shield that was entered at an open gate can be seen, and
/// all others see that it is closed.
pub(super) fn close() {
    // Another one who waits does not take it for closed before that is so.
    let _parked = lock(&GATE.parked);
    guard(CLOSED);
}

/// Closes it for good, if it is closed and nobody is inside. Whether it did. Two may wait at the gate, the
/// app and a foreign exit: what one of them opens the other must not seal.
pub(super) fn seal_unless(is_held: impl FnOnce() -> bool) -> bool {
    let _parked = lock(&GATE.parked);
    let seals = GATE.word.load(Ordering::SeqCst) & CLOSED != 0 && !is_held();
    if seals {
        GATE.word.fetch_or(SEALED, Ordering::SeqCst);
    }
    seals
}

/// Lets through who is parked, and whoever comes, unless it was sealed.
pub(super) fn reopen() {
    let parked = lock(&GATE.parked);
    let open = |gate| (gate & SEALED == 0).then_some(gate & !CLOSED);
    if GATE
        .word
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, open)
        .is_ok()
    {
        GATE.reopened.notify_all();
        let tasks: Vec<_> = slots()
            .filter_map(|slot| Some((slot, lock(&slot.parked).take()?)))
            .collect();
        drop(parked);
        if !tasks.is_empty() {
            wake_elsewhere(tasks);
        }
    }
}

/// To wake a task is code of its executor, for which the listener must not wait.
fn wake_elsewhere(tasks: Vec<(&'static Slot, Waker)>) {
    let wake = |tasks: Vec<(_, Waker)>| wake_all(tasks.into_iter().map(|(_, task)| task));
    if let Err(tasks) = hand_over("aplomb-gate", tasks, wake) {
        // Until the gate is opened once more.
        for (slot, task) in tasks {
            lock(&slot.parked).get_or_insert(task);
        }
    }
}

/// In a forked child: who waited, and whatever was going on at the gate, is the parent's.
pub(super) fn forget() {
    std::mem::forget(std::mem::take(&mut *lock(&GATE.waiting)));
    *lock(&GATE.watching) = 0;
    GATE.word.fetch_and(FENCED, Ordering::SeqCst);
}

/// Waits until the gate is open.
pub(super) fn park() {
    let mut parked = lock(&GATE.parked);
    while GATE.word.load(Ordering::SeqCst) & CLOSED != 0 {
        parked = GATE
            .reopened
            .wait(parked)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

/// Has the task of this slot woken when the gate is opened again. Whether it has to wait for that.
pub(super) fn park_task(slot: &Slot, waker: &Waker) -> bool {
    // Foreign code, without the lock; and so is dropping it, or the one before.
    let waker = waker.clone();
    let parked = lock(&GATE.parked);
    let closed = GATE.word.load(Ordering::SeqCst) & CLOSED != 0;
    let rest = if closed {
        lock(&slot.parked).replace(waker)
    } else {
        Some(waker)
    };
    drop(parked);
    drop(rest);
    closed
}

/// It no longer waits.
pub(super) fn unpark_task(slot: &Slot) {
    let waker = lock(&slot.parked).take();
    drop(waker); // Foreign code, without the lock.
}

fn guard(how: u32) {
    GATE.word.fetch_or(how, Ordering::SeqCst);
    if !process_fence().heavy() {
        // A filter has come to refuse it since. From now on both sides use fences; what was under
        // way without them is over in a moment.
        GATE.word.fetch_or(FENCED, Ordering::SeqCst);
        sleep(Duration::from_millis(10));
    }
}

/// No longer.
pub(super) fn wait_no_longer(event: &Arc<Event>) {
    let mut waiting = lock(&GATE.waiting);
    let own = |other: &Arc<Event>| Arc::ptr_eq(other, event);
    if let Some(position) = waiting.iter().position(own) {
        waiting.swap_remove(position);
    }
    if waiting.is_empty() {
        GATE.word.fetch_and(!WAITED, Ordering::SeqCst);
    }
}

/// Which fence this process has; asked when the first thread enters a shield.
pub(super) fn process_fence() -> Fence {
    *GATE.fence.get_or_init(|| {
        let fence = Fence::prepare();
        if fence == Fence::Asymmetric {
            GATE.word.fetch_and(!FENCED, Ordering::SeqCst);
        }
        fence
    })
}
