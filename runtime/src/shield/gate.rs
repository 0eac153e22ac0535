//! The gate: one word that every shield looks at when it is entered, and when it is left.
//!
//! The word is zero while nobody has to know of shields. Then whoever enters or leaves one has nothing else to do.
//! Otherwise they take the slow path, and the word says what there is to do.
//!
//! # Why no region is overlooked
//!
//! A barrier and the owner of a slot each write first, and read then what the other one writes:
//!
//! - the owner stores its depth in the slot, and then reads the word;
//! - the barrier changes the word, and then reads the depths of all slots.
//!
//! A processor may keep a store back behind a load that follows it. If both do so, each reads the
//! other's old value. A full fence on both sides, between the write and the read, rules that out: then
//! at least one of them reads the new value. So either the barrier sees the depth, or the owner
//! sees the word.
//!
//! Shields are entered millions of times, and barriers are put up once or twice. So where the system
//! can do it, the barrier pays for both sides with a [heavy fence](Fence::heavy), and the owner only
//! keeps the compiler from swapping its two steps. Elsewhere the word is never zero, and the slow path
//! has the owner's fence.
//!
//! # Orderings
//!
//! The fences order the word against the depths, and locks order what belongs to a bit of it. All other accesses of the
//! word are `SeqCst`. This costs nothing, since they are on slow paths. The code relies on no more than acquire and
//! release, and the models take the accesses as no more than that. Relaxed accesses would be too weak: whoever finds
//! the gate open must see what was done before it was opened. The one relaxed access that counts is that of the fast
//! path.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::{GATE, WORD};
use crate::sync::{Condvar, Mutex, MutexGuard, OnceLock, fence, lock, sleep};
use crate::sys::{Event, Fence};

/// What belongs to the bits of the word.
#[derive(Debug)]
pub(super) struct Gate {
    /// Which kind of fence this process has.
    pub(super) fence: OnceLock<Fence>,
    /// The events of the barriers: the end of an outermost region sets them. This lock and that of
    /// `waiting_tasks` are held for a few instructions, never by a signal handler, and with no code of
    /// others inside.
    pub(super) barriers: Mutex<Vec<Arc<Event>>>,
    /// How many tasks wait in the lists of all slots and scopes.
    pub(super) waiting_tasks: Mutex<usize>,
    /// The lock that [`Locked`] holds.
    pub(super) lock: Mutex<()>,
    /// Where threads are parked while the gate is closed. A parked task leaves its waker in its slot.
    pub(super) opened: Condvar,
}

/// There are barriers: the end of an outermost region sets their events.
const BARRIERS: u32 = 1;
/// The exit has begun: whoever would enter an outermost region is parked.
const CLOSED: u32 = 1 << 1;
/// Whoever enters an outermost region notes the time.
const TIMED: u32 = 1 << 2;
/// There is no heavy fence: whoever enters or leaves executes a full fence. The bit is set from the beginning, until
/// the process is known to have the heavy fence.
pub(super) const FENCED: u32 = 1 << 3;
/// The gate stays closed: nobody was inside, and nobody gets in any more.
const SEALED: u32 = 1 << 4;
/// Tasks wait for the end of regions: the end of one wakes those that are in its slot's list.
const WAITING_TASKS: u32 = 1 << 5;
/// This is a forked child, and its thread is still inside a shield that it was forked in.
const FORKED: u32 = 1 << 6;

/// Returns whether nothing else is to be done by an owner that has just stored its depth.
#[inline]
pub(super) fn is_idle() -> bool {
    // Relaxed: the caller's compiler fence stands between its store and this load, and the barrier's
    // heavy fence makes a full one of that. Where there is no heavy fence, FENCED is set, and the slow
    // path executes the full fence and loads the word once more.
    WORD.load(Ordering::Relaxed) == 0
}

/// Loads the word on the slow path, after the caller has stored its depth.
fn load() -> u32 {
    // Relaxed: FENCED is changed before anybody relies on it. `process_fence` clears it when the kernel
    // has agreed, before the first slot is claimed; a barrier that sets it sleeps until stores that were
    // made without a fence are visible.
    if WORD.load(Ordering::Relaxed) & FENCED != 0 {
        // This fence stands between the caller's store and the load below. It pairs with the barrier's fence.
        fence(Ordering::SeqCst);
    }
    WORD.load(Ordering::SeqCst)
}

/// What the gate says to an owner that enters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// The time is to be noted.
    pub(super) timed: bool,
    /// No outermost region may begin.
    pub(super) closed: bool,
}

/// Asks the gate, on the slow path, for an owner that has just stored that it is inside.
pub(super) fn entry() -> Entry {
    let word = load();
    let closed = word & CLOSED != 0;
    if closed {
        // This waits for a barrier that holds the lock while it looks at the slots. The caller may be inside another
        // region: then it gets in, and may outlive that region. If it ended that region during the barrier's look, the
        // barrier could have read this slot before it was entered, and the other slot after it was left, and so miss
        // both. The barrier's next look takes the lock later, and so finds this slot entered.
        drop(lock_gate());
    }
    Entry {
        timed: word & TIMED != 0,
        closed,
    }
}

/// Tells the barriers, on the slow path, that the caller has just stored the end of an outermost region. Returns
/// whether tasks may wait for that end, too.
pub(super) fn tell_barriers() -> bool {
    let word = load();
    if word & BARRIERS != 0 {
        // The lock is held, since barriers come and go. An event that is set too often costs its barrier one look.
        for event in lock(&GATE.barriers).iter() {
            event.set();
        }
    }
    word & WAITING_TASKS != 0
}

/// Has the event set at each end of an outermost region. When this returns, the caller can see every region that was
/// entered before.
pub(super) fn add_barrier(event: &Arc<Event>) {
    // The event is in the list before the bit is set, so that whoever sees the bit finds the event.
    lock(&GATE.barriers).push(Arc::clone(event));
    set_and_fence(BARRIERS);
}

/// Undoes [`add_barrier`].
pub(super) fn remove_barrier(event: &Arc<Event>) {
    // The list is locked until the bit is settled. Otherwise a barrier could come in between.
    let mut barriers = lock(&GATE.barriers);
    let own = |other: &Arc<Event>| Arc::ptr_eq(other, event);
    if let Some(position) = barriers.iter().position(own) {
        barriers.swap_remove(position);
    }
    if barriers.is_empty() {
        // The bit is cleared before the lock is given back. So a barrier that comes now gets into the list after this,
        // and sets its bit after this.
        WORD.fetch_and(!BARRIERS, Ordering::SeqCst);
    }
}

/// Counts tasks that wait for the end of a region.
pub(super) fn add_waiting_tasks(more: usize) {
    // The count is locked until the bit is set. Otherwise whoever takes the last other task away could clear the bit
    // after that.
    let mut count = lock(&GATE.waiting_tasks);
    *count += more;
    WORD.fetch_or(WAITING_TASKS, Ordering::SeqCst);
}

/// Undoes [`add_waiting_tasks`].
pub(super) fn remove_waiting_tasks(fewer: usize) {
    // The count is locked until the bit is settled, as in `add_waiting_tasks`.
    let mut count = lock(&GATE.waiting_tasks);
    // A forked child begins to count at zero, but may give up tasks that its parent has counted. So this stops at zero.
    *count = count.saturating_sub(fewer);
    if *count == 0 {
        WORD.fetch_and(!WAITING_TASKS, Ordering::SeqCst);
    }
}

/// Sets whether regions that are entered from now on note the time.
pub(super) fn note_times(on: bool) {
    // This needs no fence: a region that begins at this moment, and notes no time, gets one when somebody looks at it.
    if on {
        WORD.fetch_or(TIMED, Ordering::SeqCst);
    } else {
        WORD.fetch_and(!TIMED, Ordering::SeqCst);
    }
}

/// Begins anew in a forked child, in which [`GATE`] is another one. `inside` says that its thread is inside a shield
/// that it was forked in: the first end of an outermost one is to be told.
pub(super) fn begin_anew(inside: bool) {
    // SeqCst as on all slow paths, though there is one thread. FENCED is set until the child knows which fence it has.
    WORD.store(FENCED | if inside { FORKED } else { 0 }, Ordering::SeqCst);
}

/// Returns whether the caller is the one that [`begin_anew`] has found inside a shield, and that has left it.
pub(super) fn take_forked() -> bool {
    // SeqCst as on all slow paths. Only the thread in whose slot this is looks for the bit.
    WORD.load(Ordering::SeqCst) & FORKED != 0
        && WORD.fetch_and(!FORKED, Ordering::SeqCst) & FORKED != 0
}

/// The gate, which nobody else opens or closes while this value lives.
///
/// Whoever parks holds the lock while it looks at the gate, so that the gate is not opened between the look and the
/// parking. A barrier holds the lock from its look at all slots until it has sealed the gate.
#[derive(Debug)]
pub(super) struct Locked {
    gate: &'static Gate,
    lock: MutexGuard<'static, ()>,
}

/// Locks the gate.
pub(super) fn lock_gate() -> Locked {
    let gate: &'static Gate = &GATE;
    // The lock has all users of the gate come one after the other. [`Locked`] says who they are, and why.
    let lock = lock(&gate.lock);
    Locked { gate, lock }
}

#[allow(
    clippy::unused_self,
    reason = "who calls these has to hold the lock, and so has the value"
)]
impl Locked {
    pub(super) fn is_closed(&self) -> bool {
        // SeqCst as on all slow paths. The lock alone orders this load after whatever opened or closed the gate.
        WORD.load(Ordering::SeqCst) & CLOSED != 0
    }

    /// Closes the gate. When this returns, all regions that were entered at an open gate can be seen,
    /// and whoever enters from now on sees that the gate is closed.
    ///
    /// The lock is held, so that another barrier does not find the gate closed before that is true.
    pub(super) fn close(&self) {
        set_and_fence(CLOSED);
    }

    /// Makes a closed gate stay closed.
    pub(super) fn seal(&self) {
        // SeqCst as on all slow paths. Only `open` reads this bit, and has the lock, too.
        WORD.fetch_or(SEALED, Ordering::SeqCst);
    }

    /// Opens the gate and wakes the threads that are parked, unless the gate was sealed. Returns whether the gate was
    /// opened.
    pub(super) fn open(&self) -> bool {
        // SeqCst as on all slow paths. Nobody seals the gate between these two, since the lock is held.
        if WORD.load(Ordering::SeqCst) & SEALED != 0 {
            return false;
        }
        WORD.fetch_and(!CLOSED, Ordering::SeqCst);
        self.gate.opened.notify_all();
        true
    }

    /// Parks the current thread until the gate is open. The lock is given back meanwhile.
    pub(super) fn wait_until_open(self) {
        let Locked { gate, mut lock } = self;
        // SeqCst as on all slow paths. The wait begins in the step that gives the lock back, so the gate is not opened
        // in between.
        while WORD.load(Ordering::SeqCst) & CLOSED != 0 {
            lock = gate
                .opened
                .wait(lock)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Sets bits, and makes sure that from then on either the caller sees a slot's depth, or the slot's owner sees the
/// bits.
fn set_and_fence(bits: u32) {
    // The bits are set first, and the fence follows. The caller looks at the slots after both.
    WORD.fetch_or(bits, Ordering::SeqCst);
    if !process_fence().heavy() {
        // The kernel refuses the call that it has promised, because a seccomp filter was installed since. From now
        // on owners execute fences of their own. An owner that has looked at the word before executes none, but its
        // store is visible, too, when so much time has passed.
        WORD.fetch_or(FENCED, Ordering::SeqCst);
        sleep(Duration::from_millis(10));
    }
}

/// Returns which fence this process has. Whoever makes or claims a slot asks first, so that the fence is known before a
/// depth is stored.
pub(super) fn process_fence() -> Fence {
    *GATE.fence.get_or_init(|| {
        let fence = Fence::prepare();
        if fence == Fence::Asymmetric {
            // The bit is cleared after the kernel has agreed. Nobody leaves its fence out before.
            WORD.fetch_and(!FENCED, Ordering::SeqCst);
        }
        fence
    })
}
