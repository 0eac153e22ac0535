//! Shields: regions that are never cut, and the barrier that waits for them.
//!
//! Each thread has a slot in a list that only grows. Entering and leaving a shield are a few
//! plain stores in the thread's own slot and one load of the *gate*, a word that is zero as
//! long as nobody waits for shields. The one who waits pays for the ordering, with a
//! [heavy fence](crate::sys::Fence): either it sees the slot's store, or the slot's owner sees
//! the gate.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, compiler_fence, fence};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use crate::sys::{Event, Fence, Published, milliseconds};

/// Holds off the end: while a value of this type lives, the thread that made it is shielded.
///
/// Made by [`shield`]. Shields nest, and end in any order; only the end of the last one of a
/// thread opens its view again. It stays on its thread: it is not `Send`.
///
/// ```compile_fail
/// let shield = aplomb::shield("commit");
/// std::thread::spawn(move || drop(shield)); // a shield belongs to the thread that made it
/// ```
#[must_use = "the shield ends when this value is dropped: bind it, `let _shield = …`"]
pub struct Shield {
    slot: &'static Slot,
    /// Not `Send`: a shield masks the thread that it was made on.
    thread: PhantomData<*mut ()>,
}

/// Shields the current thread until the returned guard is dropped; for a function, write
/// [`#[shielded]`](macro@crate::shielded) instead.
///
/// What is inside is never cut: not by a signal, however many come, not by cancellation, not by
/// the end of the process, which waits. The [interruption points](crate::Shutdown) inside
/// behave as if nothing had been requested; [`requested`](crate::Shutdown::requested) tells
/// the truth as ever. What does cut it: SIGQUIT, SIGKILL, `abort`, and a deadline that the app
/// itself has set.
///
/// `name` appears, with the place of the call, in the line that says who holds up the exit.
///
/// Entering and leaving cost a few nanoseconds, on any number of threads.
///
/// Once the exit has begun, after `stop`, a thread that would enter its outermost shield waits
/// here for the end of the process instead: what has not begun is not begun half-way.
///
/// ```
/// # fn write_both() {}
/// {
///     let _shield = aplomb::shield("move the money");
///     write_both(); // both or none
/// } // from here on a request is seen again
/// ```
#[inline]
#[track_caller]
pub fn shield(name: &'static str) -> Shield {
    shield_at(name, Location::caller())
}

/// The same for a place that is not the caller's.
#[inline]
pub(crate) fn shield_at(name: &'static str, location: &'static Location<'static>) -> Shield {
    let slot = SLOT.get().unwrap_or_else(Slot::claim);
    let depth = slot.depth.load(Ordering::Relaxed);
    if depth == 0 {
        slot.site.write(name, location);
        slot.since.store(0, Ordering::Relaxed);
        slot.depth.store(1, Ordering::Release);
        // The other half is the waiter's heavy fence.
        compiler_fence(Ordering::SeqCst);
        if GATE.load(Ordering::Relaxed) != 0 {
            slot.enter_at_gate();
        }
    } else {
        slot.depth.store(depth + 1, Ordering::Relaxed);
    }
    Shield {
        slot,
        thread: PhantomData,
    }
}

impl Drop for Shield {
    #[inline]
    fn drop(&mut self) {
        let depth = self.slot.depth.load(Ordering::Relaxed) - 1;
        // Release: what the region did has happened before the waiter goes on.
        self.slot.depth.store(depth, Ordering::Release);
        if depth == 0 {
            compiler_fence(Ordering::SeqCst);
            if GATE.load(Ordering::Relaxed) != 0 {
                leave_at_gate();
            }
        }
    }
}

impl fmt::Debug for Shield {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shield").finish_non_exhaustive()
    }
}

/// Whether the current thread is inside a shield.
#[inline]
pub(crate) fn held() -> bool {
    SLOT.get()
        .is_some_and(|slot| slot.depth.load(Ordering::Relaxed) > 0)
}

/// A shield that is held: who, where, since when. From
/// [`Shutdown::pending`](crate::Shutdown::pending).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShieldInfo {
    name: &'static str,
    location: &'static Location<'static>,
    thread: String,
    age: Duration,
}

impl ShieldInfo {
    /// The name that the shield was given: a function's, where it is from `#[shielded]`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The source file that it was entered in.
    #[must_use]
    pub fn file(&self) -> &str {
        self.location.file()
    }

    /// The line there.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// The name of its thread, or the thread's id where it has none.
    #[must_use]
    pub fn thread(&self) -> &str {
        &self.thread
    }

    /// For how long it has been held, at least.
    ///
    /// A shield that was entered after the request knows it exactly. One that was entered
    /// before did not look at a clock, which would have cost more than all the rest: its age
    /// counts from the first time that somebody looked, the listener at the request at the
    /// latest.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.age
    }
}

impl fmt::Display for ShieldInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` ({}:{}) in thread {}, for {:.1} s",
            self.name,
            self.file(),
            self.line(),
            self.thread,
            self.age.as_secs_f64()
        )
    }
}

/// All shields that are held now, by any thread.
pub(crate) fn pending() -> Vec<ShieldInfo> {
    slots().filter_map(Slot::info).collect()
}

/// From here on, a shield that is entered notes when.
pub(crate) fn note_times() {
    GATE.fetch_or(TIMED, Ordering::SeqCst);
    for slot in slots() {
        slot.look();
    }
}

/// Lets the current thread through a closed gate: it is the one that conducts the exit, and
/// nobody waits for its shields but itself.
pub(crate) fn exempt_this_thread() {
    let slot = SLOT.get().unwrap_or_else(Slot::claim);
    slot.exempt.store(true, Ordering::SeqCst);
}

/// Waits for shields: for those that were held at one moment, or until none is.
///
/// It does not block. Its owner sleeps on the event, which is set whenever a shield has ended,
/// and asks again.
#[derive(Debug)]
pub(crate) struct Barrier {
    wait_for: WaitFor,
    event: Arc<Event>,
}

#[derive(Debug)]
enum WaitFor {
    /// These regions: a slot each, and the version of its site.
    Held(Vec<(&'static Slot, u64)>),
    All,
}

impl Barrier {
    /// For the shields that are held at this moment, and not for what is entered later.
    pub(crate) fn held_now(event: Arc<Event>) -> Self {
        open_waiting(&event, 0);
        let held = slots()
            .filter(|slot| slot.blocks_exit())
            .map(|slot| (slot, slot.site.version()))
            .collect();
        Barrier {
            wait_for: WaitFor::Held(held),
            event,
        }
    }

    /// Until no shield is held at all. Closes the gate: what has not begun does not begin.
    pub(crate) fn all(event: Arc<Event>) -> Self {
        open_waiting(&event, CLOSED);
        Barrier {
            wait_for: WaitFor::All,
            event,
        }
    }

    /// Whether there is nothing left to wait for.
    pub(crate) fn is_clear(&mut self) -> bool {
        match &mut self.wait_for {
            WaitFor::Held(held) => {
                held.retain(|(slot, version)| {
                    slot.blocks_exit() && slot.site.version() == *version
                });
                held.is_empty()
            }
            WaitFor::All => !slots().any(Slot::blocks_exit),
        }
    }

    /// Who holds it up.
    pub(crate) fn holders(&self) -> Vec<ShieldInfo> {
        match &self.wait_for {
            WaitFor::Held(held) => held.iter().filter_map(|(slot, _)| slot.info()).collect(),
            WaitFor::All => slots()
                .filter(|slot| slot.blocks_exit())
                .filter_map(Slot::info)
                .collect(),
        }
    }
}

impl Drop for Barrier {
    /// Nobody is told any more. The gate stays closed if it was: there is no way back.
    fn drop(&mut self) {
        let mut waiting = lock_waiting();
        waiting.retain(|event| !Arc::ptr_eq(event, &self.event));
        if waiting.is_empty() {
            GATE.fetch_and(!WAITED, Ordering::SeqCst);
        }
    }
}

fn open_waiting(event: &Arc<Event>, closed: u32) {
    lock_waiting().push(Arc::clone(event));
    GATE.fetch_or(WAITED | closed, Ordering::SeqCst);
    heavy_fence();
}

/// What makes entering and leaving look closer; see the constants.
static GATE: AtomicU32 = AtomicU32::new(FENCED);
/// Somebody waits for shields: whoever leaves one says so.
const WAITED: u32 = 1;
/// The exit has begun: whoever would enter an outermost shield parks.
const CLOSED: u32 = 1 << 1;
/// Whoever enters one notes the time.
const TIMED: u32 = 1 << 2;
/// There is no asymmetric fence: whoever enters or leaves uses a full one.
const FENCED: u32 = 1 << 3;

/// Who waits. Locked for a few instructions at a time, by no handler and with no foreign code inside.
static WAITING: Mutex<Vec<Arc<Event>>> = Mutex::new(Vec::new());

fn lock_waiting() -> std::sync::MutexGuard<'static, Vec<Arc<Event>>> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which fence this process has; asked when the first slot is made.
static FENCE: OnceLock<Fence> = OnceLock::new();

fn heavy_fence() {
    FENCE.get_or_init(choose_fence).heavy();
}

fn choose_fence() -> Fence {
    let fence = Fence::prepare();
    if fence == Fence::Asymmetric {
        GATE.fetch_and(!FENCED, Ordering::SeqCst);
    }
    fence
}

/// A thread's place. On cache lines of its own, so that threads do not slow each other down.
#[derive(Debug)]
#[repr(align(128))]
struct Slot {
    /// How many shields the thread is inside of. Written by the owner only.
    depth: AtomicU32,
    /// The outermost one; its version tells one region from the next.
    site: Published,
    /// When it was entered or first seen, in milliseconds; 0: not known yet.
    since: AtomicU64,
    /// Whether its thread conducts the exit.
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

fn slots() -> impl Iterator<Item = &'static Slot> {
    std::iter::successors(SLOTS.get().copied(), |slot| slot.next.get().copied())
}

thread_local! {
    /// The thread's slot. Without a destructor, so that it is there in other values' ones.
    static SLOT: Cell<Option<&'static Slot>> = const { Cell::new(None) };
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
    fn claim() -> &'static Slot {
        FENCE.get_or_init(choose_fence);
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
    fn enter_at_gate(&self) {
        if GATE.load(Ordering::Relaxed) & FENCED != 0 {
            fence(Ordering::SeqCst);
        }
        let gate = GATE.load(Ordering::SeqCst);
        if gate & TIMED != 0 {
            self.since.store(milliseconds(), Ordering::Relaxed);
        }
        if gate & CLOSED != 0 && !self.exempt.load(Ordering::Relaxed) {
            self.depth.store(0, Ordering::Release);
            leave_at_gate();
            loop {
                thread::park();
            }
        }
    }

    /// Whether the exit has to wait for it.
    fn blocks_exit(&self) -> bool {
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

    fn info(&self) -> Option<ShieldInfo> {
        self.look();
        let (name, location) = self.site.read()?;
        let since = self.since.load(Ordering::Relaxed);
        if self.depth.load(Ordering::Acquire) == 0 {
            return None;
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        Some(ShieldInfo {
            name,
            location,
            thread: thread.clone(),
            age: Duration::from_millis(milliseconds().saturating_sub(since)),
        })
    }
}

#[cold]
#[inline(never)]
fn leave_at_gate() {
    if GATE.load(Ordering::Relaxed) & FENCED != 0 {
        fence(Ordering::SeqCst);
    }
    if GATE.load(Ordering::SeqCst) & WAITED != 0 {
        for event in lock_waiting().iter() {
            event.set();
        }
    }
}

fn thread_name() -> String {
    let thread = thread::current();
    match thread.name() {
        Some(name) => format!("`{name}`"),
        None => format!("{:?}", thread.id()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn event() -> Arc<Event> {
        Arc::new(Event::new().unwrap())
    }

    /// Shields are the process's; these tests look at all of them.
    static ALONE: Mutex<()> = Mutex::new(());

    #[test]
    fn nests_and_ends_in_any_order() {
        let _alone = ALONE.lock();
        assert!(!held());
        let outer = shield("outer");
        let inner = shield("inner");
        drop(outer);
        assert!(held());
        drop(inner);
        assert!(!held());
    }

    #[test]
    fn ends_when_a_panic_unwinds() {
        let _alone = ALONE.lock();
        let caught = std::panic::catch_unwind(|| {
            let _shield = shield("panics");
            std::panic::resume_unwind(Box::new(()));
        });
        assert!(caught.is_err() && !held());
    }

    #[test]
    fn a_barrier_waits_for_what_is_held_and_not_for_what_comes() {
        let _alone = ALONE.lock();
        let (to_worker, from_test) = mpsc::channel::<()>();
        let (to_test, from_worker) = mpsc::channel();
        let worker = thread::Builder::new().name("worker".into()).spawn(move || {
            let first = shield("first");
            to_test.send(()).unwrap();
            from_test.recv().unwrap();
            drop(first);
            let _second = shield("second");
            to_test.send(()).unwrap();
            from_test.recv().unwrap();
        });
        let worker = worker.unwrap();
        from_worker.recv().unwrap();
        let event = event();
        let mut barrier = Barrier::held_now(Arc::clone(&event));
        assert!(!barrier.is_clear());
        let holders = barrier.holders();
        assert_eq!(holders.len(), 1);
        assert_eq!(
            (holders[0].name(), holders[0].thread()),
            ("first", "`worker`")
        );
        assert!(holders[0].file().ends_with("shield.rs"));
        to_worker.send(()).unwrap();
        from_worker.recv().unwrap();
        assert!(barrier.is_clear());
        assert_eq!(pending()[0].name(), "second");
        to_worker.send(()).unwrap();
        worker.join().unwrap();
        assert!(pending().is_empty());
    }

    #[test]
    fn a_slot_is_used_again() {
        let _alone = ALONE.lock();
        let before = || slots().count();
        thread::spawn(|| drop(shield("one"))).join().unwrap();
        let count = before();
        for _ in 0..10 {
            thread::spawn(|| drop(shield("more"))).join().unwrap();
        }
        assert_eq!(before(), count);
    }
}
