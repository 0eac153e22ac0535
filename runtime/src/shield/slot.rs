//! A thread's place in the list of all that may hold shields.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, compiler_fence};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::{ShieldInfo, gate};
use crate::sys::{Published, milliseconds};

/// A thread's place. On cache lines of its own, so that threads do not slow each other down.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Slot {
    /// How many shields the thread is inside of. Written by the owner only.
    pub(super) depth: AtomicU32,
    /// The outermost one; its version tells one region from the next.
    pub(super) site: Published,
    /// When it was entered or first seen, in milliseconds; 0: not known yet.
    pub(super) since: AtomicU64,
    /// Whether nobody is to wait for it.
    exempt: AtomicBool,
    /// Whether a thread owns it.
    claimed: AtomicBool,
    /// That thread's name.
    thread: Mutex<String>,
    next: OnceLock<&'static Slot>,
}

/// The head of the list. It grows to the greatest number of threads that were ever alive and
/// shielded at the same time.
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
        let slot = slot.unwrap_or_else(Slot::append);
        *slot.thread.lock().unwrap_or_else(PoisonError::into_inner) = thread_name();
        SLOT.set(Some(slot));
        // In a thread's last destructors this fails: the slot is lost then, to that thread.
        let _ = GIVE_BACK.try_with(|_| ());
        slot
    }

    fn append() -> &'static Slot {
        let slot: &'static Slot = Box::leak(Box::new(Slot {
            depth: AtomicU32::new(0),
            site: Published::new(),
            since: AtomicU64::new(0),
            exempt: AtomicBool::new(false),
            claimed: AtomicBool::new(true),
            thread: Mutex::new(String::new()),
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

    /// The gate is not simply open.
    #[cold]
    #[inline(never)]
    pub(super) fn enter_at_gate(&self) {
        loop {
            let passing = gate::pass();
            if passing.timed {
                self.since.store(milliseconds(), Ordering::Relaxed);
            }
            if !passing.closed || self.exempt.load(Ordering::Relaxed) {
                return;
            }
            self.depth.store(0, Ordering::Release);
            gate::leave();
            gate::park();
            self.depth.store(1, Ordering::Release);
            // As on the way here; see there.
            compiler_fence(Ordering::SeqCst);
        }
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
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        // Not known, if it was entered since `look`.
        let age = if since == 0 {
            Duration::ZERO
        } else {
            Duration::from_millis(milliseconds().saturating_sub(since))
        };
        Some(ShieldInfo::new(name, location, thread.clone(), age))
    }
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
            slot.claimed.store(false, Ordering::SeqCst);
        }
    }
    gate::forget();
}

/// Makes the current thread one that nobody waits for, and that a closed gate lets through, or no
/// longer. For who conducts the exit; and for who waits to be told what to do next, whose shields,
/// if it has left some, do not end by themselves. Whether it was one.
pub(crate) fn exempt_this_thread(exempt: bool) -> bool {
    let slot = SLOT.get().unwrap_or_else(Slot::claim);
    slot.exempt.swap(exempt, Ordering::SeqCst)
}
