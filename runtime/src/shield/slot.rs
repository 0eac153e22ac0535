//! Slots: where the threads and tasks say that they are inside a region.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;

use super::holder::{Holder, Role};
use super::wakers::Wakers;
use super::{SLOTS, gate};
use crate::stragglers::Remark;
use crate::sync::{AtomicBool, AtomicU32, AtomicU64, Mutex, OnceLock};
use crate::sync::{SHARDS, compiler_fence, forks, hand_over, lock, own_shard, thread_local};
use crate::sys::Published;
use crate::ticks::{Moment, milliseconds};
use crate::timeline::note_shield;
use crate::wake::wake_all;

/// The place of a thread for its whole life, or of a task while its region lasts.
///
/// Whoever has it, its *owner*, writes it without a lock: one thread at a time. All others read. It
/// fills two cache lines of its own, so that threads do not slow each other down.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Slot {
    /// How many shields the owner is inside of.
    pub(super) depth: AtomicU32,
    /// Where the outermost shield was entered. The version of this value tells one region from the next.
    pub(super) site: Published,
    /// When the outermost shield was entered, or first looked at, in milliseconds. 0 means that this is not known yet.
    pub(super) since: AtomicU64,
    /// Whether no barrier waits for this slot, and a closed gate lets its owner through.
    pub(super) exempt: AtomicBool,
    /// Whether the region is that of `start`, which an unmasked handle looks through. Only the owner reads this.
    pub(super) is_start: AtomicBool,
    /// Whether a thread owns the slot. A slot of tasks stays claimed for ever: the lists of spare slots pass it on.
    claimed: AtomicBool,
    pub(super) holder: Holder,
    /// What is seldom used. This is in a box, since there is no room in the cache lines.
    seldom: Box<Seldom>,
    /// The tasks that wait for the end of the region.
    pub(super) wakers: Arc<Wakers>,
    /// The [`forks`] of the process that has made the slot.
    forks: u32,
    next: OnceLock<&'static Slot>,
}

#[derive(Debug, Default)]
struct Seldom {
    /// Wakes the task that is parked at the gate with this slot.
    parked: Mutex<Option<Waker>>,
    /// The wait inside the region that no request ends.
    masked: Mutex<Option<Arc<Masked>>>,
}

/// What is noted of a wait that no request ends (`masked.rs`).
#[derive(Debug)]
pub(super) struct Masked {
    /// The version of the slot's site, which tells this region from the next one there.
    pub(super) version: u64,
    pub(super) remark: Arc<Remark>,
}

/// The words that name a shield.
pub(super) fn words(name: &str, location: &Location<'_>, holder: impl fmt::Display) -> String {
    let (file, line) = (location.file(), location.line());
    format!("`{name}` ({file}:{line}) in {holder}")
}

/// What the picture of a stop calls a shield. All tasks that hold it are one: there may be thousands of them. `None`
/// for the shield of a phase, and for one of this library, as around the exit functions: the stretches say the same.
pub(super) fn in_picture(
    name: &str,
    location: &Location<'_>,
    role: Role,
    holder: impl fmt::Display,
) -> Option<String> {
    let (folder, _) = file!().split_at(file!().len() - "shield/slot.rs".len());
    let shield = match role {
        _ if location.file().starts_with(folder) => return None,
        Role::Phase => return None,
        Role::Thread => words(name, location, holder),
        Role::Task => words(name, location, "a task"),
    };
    Some(format!("shield {shield}"))
}

/// How an owner gets into the outermost region and out of it, past the gate. `gate.rs` says why no region is
/// overlooked.
impl Slot {
    /// Enters the outermost region. Returns whether nothing else is to be done. Otherwise the caller asks
    /// [`may_stay`](Self::may_stay) whether the owner may stay inside.
    #[inline]
    pub(super) fn enter(&self, name: &'static str, location: &'static Location<'static>) -> bool {
        self.site.write(name, location);
        // Relaxed: this is stored before the depth is, so a barrier that sees the depth sees no older time.
        self.since.store(0, Ordering::Relaxed);
        self.enter_again()
    }

    /// Enters the same region once more, after it was left at a closed gate. Returns the same as
    /// [`enter`](Self::enter).
    #[inline]
    pub(super) fn enter_again(&self) -> bool {
        // Release: a barrier that sees this depth by its acquiring load sees the region's site, too. Otherwise it could
        // take the version of the region before for that of this one, and would find this one ended.
        self.depth.store(1, Ordering::Release);
        // The store comes before the look at the gate. This fence keeps the compiler from swapping them, and the
        // barrier's heavy fence keeps the processor from it.
        compiler_fence(Ordering::SeqCst);
        gate::is_idle()
    }

    /// Returns whether an owner that has just entered may stay inside. This is asked where `enter` has returned
    /// `false`.
    pub(super) fn may_stay(&self) -> bool {
        let entry = gate::entry();
        if entry.timed {
            // Relaxed: a reader that misses this time takes its own.
            self.since.store(milliseconds(), Ordering::Relaxed);
        }
        // Relaxed: only the owner changes it.
        !entry.closed || self.exempt.load(Ordering::Relaxed)
    }

    /// Leaves the outermost region, or one of those inside of it.
    pub(super) fn leave(&self) {
        if self.step_out() {
            self.tell_of_end();
        }
    }

    /// The fast half of [`leave`](Self::leave). Returns whether the outermost region has ended and
    /// [`tell_of_end`](Self::tell_of_end) is to be called.
    #[inline]
    pub(super) fn step_out(&self) -> bool {
        // Relaxed: only the owner writes it.
        let depth = self.depth.load(Ordering::Relaxed).saturating_sub(1);
        // Release: a barrier that sees 0 by its acquiring load goes on after all that was done inside.
        self.depth.store(depth, Ordering::Release);
        if depth > 0 {
            return false;
        }
        // The store comes before the look at the gate, as in `enter_again`.
        compiler_fence(Ordering::SeqCst);
        !gate::is_idle()
    }

    /// Tells the barriers and the waiting tasks that the outermost region has ended.
    pub(super) fn tell_of_end(&self) {
        if self.is_inherited() && self.holder.shard().is_none() && gate::take_forked() {
            // No barrier of this process knows the slot. So the thread takes another one for its next region.
            SLOT.with(Cell::take);
        }
        // Before the barriers are told, so that a stop which goes on by this end has the shield in its picture.
        self.note_length();
        if gate::tell_barriers() {
            self.wakers.wake_all();
        }
    }

    /// Notes for how long the outermost region was held that has just ended, if it has looked at the clock.
    fn note_length(&self) {
        // Relaxed: nothing follows from a time but the time.
        let since = Moment::at(self.since.load(Ordering::Relaxed));
        if let (Some(since), Some((name, location))) = (since, self.site.read()) {
            note_shield(since.elapsed(), || {
                in_picture(name, location, self.holder.role(), &self.holder)
            });
        }
    }

    /// Returns whether the exit has to wait for the owner.
    pub(super) fn blocks_exit(&self) -> bool {
        // Acquire: whoever sees 0 sees all that was done inside, and whoever sees another depth sees the site. The
        // second load is Relaxed: an owner that becomes exempt tells whoever waits for it by other means, through a
        // lock. Until then it may be waited for.
        self.depth.load(Ordering::Acquire) > 0 && !self.exempt.load(Ordering::Relaxed)
    }

    /// Notes a time for the outermost region, if it has none.
    pub(super) fn start_clock(&self) {
        // Acquire: whoever sees the depth also sees the 0 that `enter` has stored before it. So that 0 does not
        // overwrite the time.
        if self.depth.load(Ordering::Acquire) > 0 {
            let now = milliseconds().max(1);
            // Relaxed: nothing follows from a time but the time. The exchange makes the first time count.
            let _ = self
                .since
                .compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// Parks a task at the gate: leaves its waker here, unless the gate is open. Returns whether the task has to wait.
    pub(super) fn park_task(&self, waker: &Waker) -> bool {
        // Cloning a waker, and dropping one, runs code of an executor. So no lock is held meanwhile.
        let waker = waker.clone();
        // The gate's lock is held, so that the gate is not opened between the look and the parking. It is taken before
        // that of the slot, here and in `open_gate`.
        let gate = gate::lock_gate();
        let closed = gate.is_closed();
        let rest = if closed {
            lock(&self.seldom.parked).replace(waker)
        } else {
            Some(waker)
        };
        drop(gate);
        drop(rest);
        closed
    }

    /// Takes the waker of the task that is parked with this slot.
    pub(super) fn unpark_task(&self) -> Option<Waker> {
        // The lock is held for this one step. The caller drops or wakes the waker without the lock, since that runs
        // code of an executor.
        lock(&self.seldom.parked).take()
    }

    /// The place for a wait inside the region that no request ends.
    pub(super) fn masked(&self) -> &Mutex<Option<Arc<Masked>>> {
        &self.seldom.masked
    }

    /// Returns what is to be told of a wait in the region that has this version.
    pub(super) fn remark(&self, version: u64) -> Option<Arc<Remark>> {
        // The lock is held for the copy, since the wait may end meanwhile.
        let masked = lock(&self.seldom.masked).clone();
        let masked = masked.filter(|masked| masked.version == version)?;
        Some(Arc::clone(&masked.remark))
    }
}

/// Opens the gate, unless it was sealed, and wakes whoever is parked there.
pub(super) fn open_gate() {
    let gate = gate::lock_gate();
    if !gate.open() {
        return;
    }
    // The gate is still locked here. A task that comes now takes the lock later, finds the gate open, and is not
    // parked.
    let parked: Vec<_> = slots()
        .filter_map(|slot| Some((slot, slot.unpark_task()?)))
        .collect();
    drop(gate);
    if parked.is_empty() {
        return;
    }
    // Another thread wakes the tasks: that runs code of their executors, for which the listener must not wait.
    let wake = |parked: Vec<(_, Waker)>| wake_all(parked.into_iter().map(|(_, waker)| waker));
    if let Err(parked) = hand_over("aplomb-gate", parked, wake) {
        // The system has no thread left. The tasks stay parked until the gate is opened once more.
        for (slot, waker) in parked {
            // The slot's task may have left a newer waker meanwhile. If so, the newer one counts.
            let mut parked = lock(&slot.seldom.parked);
            let rest = match &*parked {
                Some(_) => Some(waker),
                None => parked.replace(waker),
            };
            drop(parked);
            // Dropping a waker is code of its executor, so the lock is released first.
            drop(rest);
        }
    }
}

/// All slots, in a list that only grows: up to as many as there ever were threads, and regions of
/// tasks, at the same time.
#[derive(Debug)]
pub(super) struct Slots {
    pub(super) first: OnceLock<&'static Slot>,
    /// The last slot, or one not far from it.
    pub(super) last: Mutex<Option<&'static Slot>>,
    /// The slots of tasks that no region uses now. They are in shards, so that threads seldom meet at a lock.
    pub(super) spare: [Mutex<Vec<&'static Slot>>; SHARDS],
}

pub(super) fn slots() -> impl Iterator<Item = &'static Slot> {
    std::iter::successors(SLOTS.first.get().copied(), |slot| slot.next.get().copied())
}

thread_local! {
    /// The thread's own slot. This has no destructor, so that it is there in other values' destructors.
    pub(super) static SLOT: Cell<Option<&'static Slot>> = const { Cell::new(None) };
    /// Gives the thread's slot back when the thread ends.
    static AT_THREAD_END: AtThreadEnd = const { AtThreadEnd };
    /// A slot of tasks that this thread takes and gives back without a lock.
    static SPARE: Spare = const { Spare(Cell::new(None)) };
}

struct AtThreadEnd;

impl Drop for AtThreadEnd {
    fn drop(&mut self) {
        if let Ok(Some(slot)) = SLOT.try_with(Cell::get) {
            // Relaxed: this thread has stored both. A shield that was leaked, or is open in
            // `process::exit`, keeps its slot.
            if slot.depth.load(Ordering::Relaxed) == 0 && !slot.exempt.load(Ordering::Relaxed) {
                let _ = SLOT.try_with(Cell::take);
                // Release: the next owner acquires it, and goes on from the site's version that was
                // written here.
                slot.claimed.store(false, Ordering::Release);
            }
        }
    }
}

struct Spare(Cell<Option<&'static Slot>>);

impl Drop for Spare {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            slot.put_among_spare();
        }
    }
}

/// How a slot is found for an owner, and given back.
impl Slot {
    /// Finds or makes a slot for this thread.
    #[cold]
    #[inline(never)]
    pub(super) fn claim() -> &'static Slot {
        super::prepare();
        let slot = slots().find(|slot| {
            slot.claimed
                // Acquire: this owner goes on after all that the owner before has written and released. Relaxed where
                // the slot is taken already, since nothing of it is read then.
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        });
        let slot = slot.unwrap_or_else(|| Slot::append(Holder::thread()));
        slot.holder.note_current();
        SLOT.with(|own| own.set(Some(slot)));
        // This fails in a thread's last destructors. Then no other thread gets the slot.
        let _ = AT_THREAD_END.try_with(|_| ());
        slot
    }

    /// Finds or makes a slot for a region of a task.
    pub(super) fn take() -> &'static Slot {
        if let Ok(Some(slot)) = SPARE.try_with(|Spare(slot)| slot.take()) {
            return slot;
        }
        let shard = own_shard();
        // The lock orders this owner after the one that has put the slot there.
        let spare = lock(&SLOTS.spare[shard]).pop();
        spare.unwrap_or_else(|| {
            super::prepare();
            Slot::append(Holder::task(shard))
        })
    }

    /// Gives back a slot that came from `take`. The region has been left.
    pub(super) fn give_back(&'static self) {
        // Relaxed: only the owner changes it. It is looked at first, since it hardly ever is set, and a SeqCst store
        // costs a fence.
        if self.exempt.load(Ordering::Relaxed) {
            self.exempt.store(false, Ordering::SeqCst);
        }
        if self.is_inherited() {
            return;
        }
        // The thread keeps this one, which is in its cache, and puts away the one that it had.
        let before = SPARE.try_with(|Spare(slot)| slot.replace(Some(self)));
        if let Some(slot) = before.unwrap_or(Some(self)) {
            slot.put_among_spare();
        }
    }

    /// Returns whether this process is a forked child that has the slot from its parent.
    fn is_inherited(&self) -> bool {
        self.forks != forks()
    }

    /// Lets others take this slot, unless it is in no list of this process.
    fn put_among_spare(&'static self) {
        if self.is_inherited() {
            return;
        }
        if let Some(shard) = self.holder.shard() {
            // The lock orders the next owner after this one.
            lock(&SLOTS.spare[shard]).push(self);
        }
    }

    fn append(holder: Holder) -> &'static Slot {
        let slot: &'static Slot = Box::leak(Box::new(Slot {
            depth: AtomicU32::new(0),
            site: Published::new(),
            since: AtomicU64::new(0),
            exempt: AtomicBool::new(false),
            is_start: AtomicBool::new(false),
            claimed: AtomicBool::new(true),
            holder,
            seldom: Box::default(),
            wakers: Arc::default(),
            forks: forks(),
            next: OnceLock::new(),
        }));
        // The lock makes this faster, but it is right without it, too: who has the lock finds the end of the list at
        // once, and who does not walks there. So the lock is only tried.
        let mut last = SLOTS.last.try_lock().ok();
        let known = last.as_ref().and_then(|last| **last);
        let mut end = known.map_or(&SLOTS.first, |last| &last.next);
        // If two threads come to the same end, one of them sets it, and the other one goes on.
        while end.set(slot).is_err() {
            if let Some(taken) = end.get() {
                end = &taken.next;
            }
        }
        if let Some(last) = &mut last {
            **last = Some(slot);
        }
        slot
    }
}

/// Forgets the slots that the thread of a forked child has: they are in the parent's list. Returns whether the thread
/// is inside of its own. Then it keeps that one until it has left.
pub(super) fn begin_anew() -> bool {
    // This fails in a thread's last destructors.
    let _ = SPARE.try_with(|Spare(slot)| slot.take());
    let own = SLOT.with(Cell::get);
    // Relaxed: the thread reads what it has stored itself.
    let inside = own.is_some_and(|slot| slot.depth.load(Ordering::Relaxed) > 0);
    if !inside {
        SLOT.with(Cell::take);
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shield writes to its slot alone, and two slots share no cache line. There may be as many as
    /// there are tasks.
    #[test]
    fn a_slot_is_two_cache_lines() {
        assert_eq!(size_of::<Slot>(), 128);
    }
}
