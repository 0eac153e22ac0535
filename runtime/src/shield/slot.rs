//! The places of all that may hold shields: a thread's, for its whole life, and a task's, for the
//! length of a region.

use std::cell::Cell;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, compiler_fence};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::{ShieldInfo, gate, mask};
use crate::shard::{SHARDS, own_shard};
use crate::sys::{Published, milliseconds};

/// A place. On cache lines of its own, so that threads do not slow each other down.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Slot {
    /// How many shields its owner is inside of. Written by the owner only.
    pub(super) depth: AtomicU32,
    /// The outermost one; its version tells one region from the next.
    pub(super) site: Published,
    /// When it was entered or first seen, in milliseconds; 0: not known yet.
    pub(super) since: AtomicU64,
    /// Whether nobody is to wait for it.
    exempt: AtomicBool,
    /// Whether somebody owns it. One of the tasks' always is.
    claimed: AtomicBool,
    owner: Owner,
    next: OnceLock<&'static Slot>,
}

/// Whom a slot belongs to.
#[derive(Debug)]
enum Owner {
    /// A thread of this name.
    Thread(Mutex<String>),
    /// A task, for as long as its region lasts; then it goes back to the spare ones of this shard.
    Task {
        id: Mutex<Option<TaskId>>,
        shard: usize,
    },
}

#[cfg(feature = "tokio")]
type TaskId = tokio::task::Id;
#[cfg(not(feature = "tokio"))]
type TaskId = std::convert::Infallible;

fn current_task() -> Option<TaskId> {
    #[cfg(feature = "tokio")]
    return tokio::task::try_id();
    #[cfg(not(feature = "tokio"))]
    None
}

/// The head of the list. It grows to the greatest number of threads that were ever alive, and of regions
/// of tasks that ever were, at the same time.
static SLOTS: OnceLock<&'static Slot> = OnceLock::new();

pub(super) fn slots() -> impl Iterator<Item = &'static Slot> {
    std::iter::successors(SLOTS.get().copied(), |slot| slot.next.get().copied())
}

thread_local! {
    /// The thread's slot. Without a destructor, so that it is there in other values' ones.
    pub(super) static SLOT: Cell<Option<&'static Slot>> = const { Cell::new(None) };
    /// Gives the slot back when the thread ends.
    static GIVE_BACK: GiveBack = const { GiveBack };
}

struct GiveBack;

impl Drop for GiveBack {
    fn drop(&mut self) {
        if let Some(slot) = SLOT.get() {
            // A shield that was leaked, or is open in `process::exit`, keeps its slot.
            if slot.depth.load(Ordering::Relaxed) == 0 && !slot.exempt.load(Ordering::Relaxed) {
                SLOT.set(None);
                slot.claimed.store(false, Ordering::Release);
            }
        }
    }
}

impl Slot {
    /// Finds or makes a slot for this thread.
    #[cold]
    #[inline(never)]
    pub(super) fn claim() -> &'static Slot {
        gate::process_fence();
        let slot = slots().find(|slot| {
            slot.claimed
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        });
        let slot = slot.unwrap_or_else(|| Slot::append(Owner::Thread(Mutex::default())));
        if let Owner::Thread(name) = &slot.owner {
            *lock(name) = thread_name();
        }
        SLOT.set(Some(slot));
        // In a thread's last destructors this fails: the slot is lost then, to that thread.
        let _ = GIVE_BACK.try_with(|_| ());
        slot
    }

    /// Takes one for a region of a task.
    pub(super) fn take() -> &'static Slot {
        if let Ok(Some(spare)) = AT_HAND.try_with(|AtHand(spare)| spare.take()) {
            return spare;
        }
        let shard = own_shard();
        let spare = lock(&SPARE[shard]).pop();
        spare.unwrap_or_else(|| {
            gate::process_fence();
            let id = Mutex::new(None);
            Slot::append(Owner::Task { id, shard })
        })
    }

    /// The region is over, and has left.
    pub(super) fn give_back(&'static self) {
        if self.exempt.load(Ordering::Relaxed) {
            self.exempt.store(false, Ordering::SeqCst);
        }
        let before = AT_HAND.try_with(|AtHand(spare)| spare.replace(Some(self)));
        if let Some(spare) = before.unwrap_or(Some(self)) {
            spare.put_by();
        }
    }

    /// From now on others may take it.
    fn put_by(&'static self) {
        if let Owner::Task { shard, .. } = self.owner {
            lock(&SPARE[shard]).push(self);
        }
    }

    /// Notes which task is polling the region.
    pub(super) fn note_task(&self) {
        if let Owner::Task { id, .. } = &self.owner {
            *lock(id) = current_task();
        }
    }

    fn append(owner: Owner) -> &'static Slot {
        let slot: &'static Slot = Box::leak(Box::new(Slot {
            depth: AtomicU32::new(0),
            site: Published::new(),
            since: AtomicU64::new(0),
            exempt: AtomicBool::new(false),
            claimed: AtomicBool::new(true),
            owner,
            next: OnceLock::new(),
        }));
        let mut end = &SLOTS;
        while end.set(slot).is_err() {
            end = match end.get() {
                Some(taken) => &taken.next,
                // Not reached: what cannot be set is set.
                None => continue,
            };
        }
        slot
    }

    /// Enters the outermost region. Whether that is all: otherwise the gate wants to be looked at.
    #[inline]
    pub(super) fn enter(&self, name: &'static str, location: &'static Location<'static>) -> bool {
        self.site.write(name, location);
        self.since.store(0, Ordering::Relaxed);
        self.go_inside()
    }

    #[inline]
    fn go_inside(&self) -> bool {
        self.depth.store(1, Ordering::Release);
        // The other half is the waiter's heavy fence.
        compiler_fence(Ordering::SeqCst);
        !gate::is_guarded()
    }

    /// Leaves the outermost region.
    #[inline]
    pub(super) fn leave(&self) {
        // Release: what the region did has happened before the waiter goes on.
        self.depth.store(0, Ordering::Release);
        compiler_fence(Ordering::SeqCst);
        if gate::is_guarded() {
            gate::leave();
        }
    }

    /// A thread is at a gate that is not simply open: it waits there where it must.
    #[cold]
    #[inline(never)]
    pub(super) fn pass_gate(&self) {
        while !self.is_let_through() {
            self.leave();
            gate::park();
            if self.go_inside() {
                return;
            }
        }
    }

    /// Whether one that has just gone inside, at a gate that is not simply open, may stay.
    pub(super) fn is_let_through(&self) -> bool {
        let passing = gate::pass();
        if passing.timed {
            self.since.store(milliseconds(), Ordering::Relaxed);
        }
        !passing.closed || self.exempt.load(Ordering::Relaxed)
    }

    /// Whether the exit has to wait for it.
    pub(super) fn blocks_exit(&self) -> bool {
        self.depth.load(Ordering::Acquire) > 0 && !self.exempt.load(Ordering::Relaxed)
    }

    /// Starts its clock, if nobody has.
    fn look(&self) {
        if self.depth.load(Ordering::Acquire) > 0 {
            let now = milliseconds().max(1);
            let _ = self
                .since
                .compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    pub(super) fn info(&self) -> Option<ShieldInfo> {
        self.look();
        let (name, location) = self.site.read()?;
        let since = self.since.load(Ordering::Relaxed);
        if self.depth.load(Ordering::Acquire) == 0 {
            return None;
        }
        let holder = match &self.owner {
            Owner::Thread(name) => format!("thread {}", lock(name)),
            Owner::Task { id, .. } => match *lock(id) {
                Some(id) => format!("task {id}"),
                None => "a task".into(),
            },
        };
        // Not known, if it was entered since `look`.
        let age = if since == 0 {
            Duration::ZERO
        } else {
            Duration::from_millis(milliseconds().saturating_sub(since))
        };
        Some(ShieldInfo::new(name, location, holder, age))
    }
}

thread_local! {
    /// One of the spare ones that the thread need not lock anything for.
    static AT_HAND: AtHand = const { AtHand(Cell::new(None)) };
}

struct AtHand(Cell<Option<&'static Slot>>);

impl Drop for AtHand {
    fn drop(&mut self) {
        if let Some(spare) = self.0.take() {
            spare.put_by();
        }
    }
}

/// Slots of tasks that are inside no region.
static SPARE: [Mutex<Vec<&'static Slot>>; SHARDS] = [const { Mutex::new(Vec::new()) }; SHARDS];

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn thread_name() -> String {
    let thread = thread::current();
    match thread.name() {
        Some(name) => format!("`{name}`"),
        None => format!("{:?}", thread.id()),
    }
}

/// All shields that are held now, by any thread.
pub(crate) fn pending() -> Vec<ShieldInfo> {
    slots().filter_map(Slot::info).collect()
}

/// From here on, a shield that is entered notes when.
pub(crate) fn note_times() {
    gate::note_times(true);
    for slot in slots() {
        slot.look();
    }
}

/// No longer: the app has ended, and the process goes on.
pub(crate) fn forget_times() {
    gate::note_times(false);
}

/// In a forked child: the threads of the parent are not there, and will not end what they hold.
pub(crate) fn forget_other_threads() {
    let own = SLOT.get().map(std::ptr::from_ref);
    for slot in slots() {
        if own != Some(std::ptr::from_ref(slot)) {
            slot.depth.store(0, Ordering::SeqCst);
            slot.exempt.store(false, Ordering::SeqCst);
            // A task's is spare or lost: whoever polls it is a thread of the parent.
            let of_thread = matches!(slot.owner, Owner::Thread(_));
            slot.claimed.store(!of_thread, Ordering::SeqCst);
        }
    }
    gate::forget();
}

/// Makes the current thread, with the regions that it is polling, one that nobody waits for, and that a
/// closed gate lets through, or no longer. For who conducts the exit; and for who waits to be told what to
/// do next, whose shields, if it has left some, do not end by themselves. Whether it was one.
pub(crate) fn exempt_this_thread(exempt: bool) -> bool {
    mask::for_each_polled(|slot| slot.exempt.store(exempt, Ordering::SeqCst));
    let slot = SLOT.get().unwrap_or_else(Slot::claim);
    slot.exempt.swap(exempt, Ordering::SeqCst)
}
