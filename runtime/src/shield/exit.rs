//! The wait of `exit(3)` for shields: in `std::process::exit`, and at the end of a `main` that is no app.
//!
//! The process's first shield registers a function with `atexit(3)`. There the thread that exits waits until no other
//! thread or task holds a shield.
//!
//! Some shields cannot end before the process does. A `stop` may join the thread that has called `exit`, and the
//! standard library stops a second thread that calls `exit` for good, in its shield. So the wait has a limit of its
//! own, unless a limit of the app is in force. The listener keeps those.

use std::cell::{Cell, RefCell};
use std::io;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use once_cell::sync::OnceCell;

use super::barrier::{Barrier, close_for_good};
use super::guard::{Shield, shield};
use super::info::note_times;
use super::slot::{SLOT, Slot};
use super::{context, gate};
use crate::report;
use crate::stragglers::{Age, Crowds, FIRST, Straggler, Stragglers};
use crate::sync::{Mutex, lock};
use crate::sys::{self, Event, PerProcess, Process, Source};
use crate::ticks::Moment;

/// How long the wait is where the app has not said.
const EXIT_WAIT: Duration = Duration::from_secs(10);

/// What the wait depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Terms {
    /// How long the wait is where no limit of the app is in force.
    wait: Duration,
    /// Whether a limit of the app is in force. The process ends when that one has passed, and not before.
    limited: bool,
    /// What the exit leaves out, in words.
    left_out: Option<&'static str>,
}

const WITHOUT_APP: Terms = Terms {
    wait: EXIT_WAIT,
    limited: false,
    left_out: None,
};

/// The lock is held while the terms are copied or written, and nothing else is locked meanwhile.
///
/// In a forked child no app is in force.
static TERMS: PerProcess<Mutex<Terms>> = PerProcess::new(|| Mutex::new(WITHOUT_APP));

/// An app begins: a foreign exit waits so long, or as long as it does without an app.
pub(crate) fn set_exit_wait(wait: Option<Duration>) {
    change_terms(|terms| terms.wait = wait.unwrap_or(EXIT_WAIT));
}

/// The listener says what the exit that has begun leaves out.
pub(crate) fn note_left_out(left_out: Option<&'static str>) {
    change_terms(|terms| terms.left_out = left_out);
}

/// The listener says whether a limit of the app is in force.
pub(crate) fn note_limit(limited: bool) {
    change_terms(|terms| terms.limited = limited);
}

/// The app has ended, and the process goes on.
pub(crate) fn forget_terms() {
    change_terms(|terms| *terms = WITHOUT_APP);
}

/// Changes the terms. A thread that exits at this moment wakes, and goes on by the new ones.
fn change_terms(change: impl FnOnce(&mut Terms)) {
    // The lock orders this change behind the one before, and the thread that exits copies no terms that are
    // half-changed.
    let mut terms = lock(&TERMS);
    let before = *terms;
    change(&mut terms);
    let changed = *terms != before;
    drop(terms);
    // The terms are changed before the event is set, so whoever wakes by it sees them. Where there is no event yet,
    // that thread looks at the terms before it sleeps.
    if let Some(event) = EVENT.get().filter(|_| changed) {
        event.set();
    }
}

/// The event that the wait sleeps on.
static EVENT: PerProcess<OnceCell<Arc<Event>>> = PerProcess::new(OnceCell::new);

/// Makes beforehand what the wait needs: a process that exits because it has no descriptor left has to wait, too.
///
/// # Errors
///
/// When there is no descriptor. The next call tries again.
pub(crate) fn prepare_exit() -> io::Result<()> {
    // Without memory for the function that waits, the caller has none for its own, and fails.
    let _ = register();
    event().map(drop)
}

fn event() -> io::Result<&'static Arc<Event>> {
    EVENT.get_or_try_init(|| Event::new().map(Arc::new))
}

/// Set once the function is registered: the process whose shields the function waits for. A forked child inherits the
/// registration, but not this value: without shields of its own it waits for none.
static HOME: PerProcess<OnceCell<Process>> = PerProcess::new(OnceCell::new);

/// Registers the function that waits, once.
///
/// # Errors
///
/// When there is no memory for the function. The next call tries again.
pub(super) fn register() -> io::Result<()> {
    static REGISTERED: AtomicBool = AtomicBool::new(false);
    HOME.get_or_try_init(|| {
        sys::at_exit_once(&REGISTERED, at_exit)?;
        Ok(Process::current())
    })
    .map(drop)
}

/// A thread that waits for another one, which does its work.
pub(crate) struct Waiting {
    /// The regions that it waits in. They end only when the other thread is done.
    regions: Vec<&'static Slot>,
    /// Whether it waits still.
    is_waiting: Box<dyn Fn() -> bool + Send>,
}

impl Waiting {
    /// The current thread waits, for as long as the function says so.
    pub(crate) fn here(is_waiting: impl Fn() -> bool + Send + 'static) -> Self {
        let own = SLOT.with(Cell::get).filter(|_| context::held_by_thread());
        let mut regions: Vec<_> = own.into_iter().collect();
        context::for_each_polled(|slot| regions.push(slot));
        Waiting {
            regions,
            is_waiting: Box::new(is_waiting),
        }
    }

    /// Calls a function that this thread waits for. Where it calls `exit`, the exit does not wait for the regions of
    /// the one that waits.
    pub(crate) fn call<T>(self, function: impl FnOnce() -> T) -> T {
        struct Done;
        impl Drop for Done {
            fn drop(&mut self) {
                WAITS_FOR_THIS.with(|waiting| drop(waiting.take()));
            }
        }
        WAITS_FOR_THIS.with(|waiting| waiting.replace(Some(self)));
        let _done = Done;
        function()
    }
}

thread_local! {
    /// Who waits for what the current thread does. The value has no destructor: `exit(3)` runs the thread's destructors
    /// before it asks for this.
    static WAITS_FOR_THIS: ManuallyDrop<RefCell<Option<Waiting>>> =
        const { ManuallyDrop::new(RefCell::new(None)) };
}

/// Exempts the regions of who waits for the current thread, which conducts the exit.
fn exempt_who_waits() {
    WAITS_FOR_THIS.with(|waiting| {
        let waiting = waiting.borrow();
        let waiting = waiting.as_ref().filter(|waiting| (waiting.is_waiting)());
        for slot in waiting.into_iter().flat_map(|waiting| &waiting.regions) {
            // SeqCst is more than is needed: the barrier that looks at this is the current thread's own.
            slot.exempt.store(true, Ordering::SeqCst);
        }
    });
}

/// Called by `exit(3)`.
extern "C" fn at_exit() {
    if HOME.get().is_some_and(|home| home.is_current()) {
        wait_for_others();
    }
}

/// Waits until no other thread or task holds a shield, and names those that do. From then on no outermost shield
/// begins. Where this takes too long, those that are held are cut.
///
/// The current thread conducts the exit from here on. So it is exempt: no barrier waits for the shields that it is
/// inside of, and it can enter one at a closed gate.
pub(crate) fn wait_for_others() {
    static BEGUN: PerProcess<AtomicBool> = PerProcess::new(AtomicBool::default);
    context::note_foreign_exit();
    context::exempt_this_thread(true);
    exempt_who_waits();
    // Only one thread exits. It comes here once for each function that it has registered, and waits the first time.
    // Relaxed for that reason.
    if BEGUN.swap(true, Ordering::Relaxed) {
        return;
    }
    let event = event().ok();
    let mut barrier = Barrier::all(event.cloned());
    // From here on a shield that is older has an age.
    note_times();
    let mut stragglers = Stragglers::new();
    let mut was_named = false;
    let mut terms = current_terms();
    let mut last = Moment::now();
    // How long the wait has lasted while no limit of the app was in force.
    let mut waited = Duration::ZERO;
    while !barrier.is_clear() {
        let now = Moment::now();
        if !terms.limited {
            waited = waited.saturating_add(now.since(last));
        }
        last = now;
        // The time is counted first: it has passed under the terms of before.
        terms = current_terms();
        if !terms.limited && waited >= terms.wait {
            cut(&barrier, terms.wait);
            return close_for_good();
        }
        if !was_named && stragglers.waited() >= FIRST {
            was_named = true;
            name_this_thread(terms.left_out);
        }
        stragglers.name_due(barrier.holders().iter().map(Straggler::from));
        let left = terms.wait.saturating_sub(waited);
        let look = stragglers.look_again();
        let most = if terms.limited { look } else { look.min(left) };
        sleep(&barrier, event, most);
    }
}

/// Shields the current thread, which is about to call the exit functions because the app ends by itself. Returns `None`
/// where another thread has called `exit`: then that one calls them.
///
/// The two threads decide this under the gate's lock, in which each does one thing and looks at one:
///
/// - this thread ends its exemption, and looks whether the other one has called `exit`;
/// - the other one has noted that it has, and looks for shields. Where it finds none, it seals the gate.
///
/// If this thread is first, the other one finds a shield that it has to wait for. If the other one is first, this
/// thread finds the note.
pub(crate) fn shield_exit_functions() -> Option<Shield> {
    // The gate is sealed by now, and would park this thread. An exempt thread gets through.
    context::exempt_this_thread(true);
    let shield = shield("exit functions");
    let gate = gate::lock_gate();
    context::exempt_this_thread(false);
    let is_foreign = context::is_foreign_exit();
    drop(gate);
    (!is_foreign).then_some(shield)
}

fn current_terms() -> Terms {
    // The lock is taken since the listener changes the terms meanwhile.
    *lock(&TERMS)
}

/// Sleeps until a shield has ended or the terms have changed, for so long at the most.
fn sleep(barrier: &Barrier, event: Option<&Arc<Event>>, most: Duration) {
    // How often to look where there is no event: the process has no descriptor left.
    const SOON: Duration = Duration::from_millis(20);
    let most = barrier.look_again().map_or(most, |look| look.min(most));
    let Some(event) = event else {
        sys::wait(&[], Some(most.min(SOON)));
        return;
    };
    let sources: [&dyn Source; 1] = [event.as_ref()];
    sys::wait(&sources, Some(most));
    // The event is cleared before the next look at the barrier and at the terms. In the other order a shield that ends
    // in between would be missed, or a change of the terms.
    event.clear();
}

/// Names the thread that exits, and what that leaves out.
fn name_this_thread(left_out: Option<&str>) {
    let Some(own) = SLOT.with(Cell::get) else {
        return;
    };
    let exits = format!("{} exits the process", own.holder);
    report::line(&match left_out {
        Some(left_out) => {
            format!("{exits}, so {left_out}: call `Shutdown::request_exit` instead")
        }
        None => exits,
    });
}

/// Names the shields that are cut.
fn cut(barrier: &Barrier, limit: Duration) {
    let mut crowds = Crowds::default();
    let say = |what: &str| report::line(&format!("not waited for after {limit:?}: {what}"));
    for holder in barrier.holders() {
        if crowds.admit(&holder.kind(), holder.since()) {
            say(&format!("shield {holder}"));
        }
    }
    for (others, since) in crowds.rest() {
        say(&format!("{others}, for {}", Age(since.elapsed())));
    }
}
