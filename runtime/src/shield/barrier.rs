//! Barriers: waiting for shields without blocking.

#[cfg(feature = "process")]
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use super::gate;
use super::info::ShieldInfo;
use super::slot::{self, Slot, slots};
#[cfg(feature = "process")]
use super::{context, slot::SLOT};
use crate::sync::Instant;
use crate::sys::Event;

/// Waits for regions: for some, or until there is none at all.
///
/// A barrier does not block. Its owner sleeps on the event, which is set at each end of an outermost region. Then the
/// owner asks whether the barrier is [clear](Self::is_clear).
#[derive(Debug)]
pub(crate) struct Barrier {
    wait_for: WaitFor,
    /// Set at each end of an outermost region. Without one the owner looks now and then.
    event: Option<Arc<Event>>,
}

#[derive(Debug)]
enum WaitFor {
    These(Vec<Held>),
    /// The barrier waits for all regions, at a gate that is open or closed since that time.
    All {
        open: bool,
        since: Instant,
        /// How often the gate was opened again.
        turns: u32,
    },
}

/// A region: its slot, and the version of the site there.
type Held = (&'static Slot, u64);

fn region_in(slot: &'static Slot) -> Held {
    (slot, slot.site.version())
}

fn is_still_held((slot, version): &Held) -> bool {
    // As soon as the slot's next region begins, the slot has another version. Whoever sees that version sees all that
    // this region has done, too.
    slot.blocks_exit() && slot.site.version() == *version
}

/// How long the gate stays closed at first while others are inside. What is parked there may hold a
/// lock that one inside waits for, so the gate cannot stay closed for ever.
const CLOSED_FOR: Duration = Duration::from_millis(500);

/// How long the gate is open after that, so that those who were parked get through.
const OPEN_FOR: Duration = Duration::from_millis(20);

/// Returns how long the gate stays closed in a turn: 500 ms in the first one, then from 50 ms up to 3.2 s, and then
/// from 50 ms again. Where it takes luck that nobody is inside, many short turns are many tries. Long turns outlast
/// long regions.
fn closed_for(turns: u32) -> Duration {
    match turns {
        0 => CLOSED_FOR,
        turns => Duration::from_millis(50 << ((turns - 1) % 7)),
    }
}

impl Barrier {
    /// Waits for the regions that are held at this moment, and not for what begins later.
    pub(crate) fn held_now(event: Arc<Event>) -> Self {
        Barrier::new(Some(event), || {
            WaitFor::These(held_slots().map(region_in).collect())
        })
    }

    /// Waits until no region is held at all, and closes the gate, so that no outermost region begins. Now and then the
    /// gate is opened for a moment, since a region that is held may wait for one that is parked. Once the barrier is
    /// clear the gate stays closed.
    pub(crate) fn all(event: impl Into<Option<Arc<Event>>>) -> Self {
        Barrier::new(event.into(), || {
            gate::lock_gate().close();
            WaitFor::All {
                open: false,
                since: Instant::now(),
                turns: 0,
            }
        })
    }

    /// Looks for the regions to wait for only when the gate knows of the barrier. So each region that is found sets the
    /// event when it ends.
    fn new(event: Option<Arc<Event>>, wait_for: impl FnOnce() -> WaitFor) -> Self {
        if let Some(event) = &event {
            gate::add_barrier(event);
        }
        Barrier {
            wait_for: wait_for(),
            event,
        }
    }

    /// Returns how long it takes until the owner has to ask again, if no region ends before. `None` means that it need
    /// not ask.
    pub(crate) fn look_again(&self) -> Option<Duration> {
        match &self.wait_for {
            WaitFor::These(_) => None,
            WaitFor::All { open, since, turns } => {
                let turn = if *open { OPEN_FOR } else { closed_for(*turns) };
                Some(turn.saturating_sub(since.elapsed()))
            }
        }
    }

    /// Returns whether there is nothing left to wait for.
    pub(crate) fn is_clear(&mut self) -> bool {
        match &mut self.wait_for {
            WaitFor::These(held) => {
                // This goes from the end of the list to the first region that is still held, and stops there. The list
                // may be long, and one region that is held is enough to know that the barrier is not clear.
                while held.last().is_some_and(|region| !is_still_held(region)) {
                    held.pop();
                }
                held.is_empty()
            }
            WaitFor::All { open, since, turns } => {
                if *open && (since.elapsed() >= OPEN_FOR || !is_any_held()) {
                    gate::lock_gate().close();
                    (*open, *since) = (false, Instant::now());
                }
                if *open {
                    return false;
                }
                if seal_if_nobody_is_inside() {
                    return true;
                }
                if since.elapsed() >= closed_for(*turns) {
                    slot::open_gate();
                    *turns += 1;
                    (*open, *since) = (true, Instant::now());
                }
                false
            }
        }
    }

    /// Returns the shields that this barrier waits for.
    pub(crate) fn holders(&self) -> Vec<ShieldInfo> {
        match &self.wait_for {
            WaitFor::These(held) => held
                .iter()
                .filter(|region| is_still_held(region))
                .filter_map(|(slot, _)| ShieldInfo::of(slot))
                .collect(),
            WaitFor::All { .. } => held_slots().filter_map(ShieldInfo::of).collect(),
        }
    }
}

impl Drop for Barrier {
    fn drop(&mut self) {
        if let Some(event) = &self.event {
            gate::remove_barrier(event);
        }
    }
}

/// Returns the slots whose owners are inside a region that the exit has to wait for.
fn held_slots() -> impl Iterator<Item = &'static Slot> {
    slots().filter(|slot| slot.blocks_exit())
}

fn is_any_held() -> bool {
    held_slots().next().is_some()
}

/// Closes the gate for good if it is closed and no region is held. Returns whether this was done.
fn seal_if_nobody_is_inside() -> bool {
    // The lock is held from the first look to the sealing. This has two reasons. There may be two barriers, the app's
    // and that of a foreign exit, and one must not seal the gate that the other one opens. And at the closed gate a
    // region may begin inside another one: `gate::entry` says how the lock keeps the barrier from missing it.
    let gate = gate::lock_gate();
    let seals = gate.is_closed() && !is_any_held();
    if seals {
        gate.seal();
    }
    seals
}

/// Closes the gate for good, although regions are held: no outermost region begins any more.
pub(super) fn close_for_good() {
    // The lock is held for both steps, so that no other barrier opens the gate in between.
    let gate = gate::lock_gate();
    gate.close();
    gate.seal();
}

/// The regions that a child process was started in. They may outlast the child. If they do not, the child is asked to
/// end only when they have ended.
#[cfg(feature = "process")]
#[derive(Debug)]
pub(crate) struct Shelter(Vec<Held>);

#[cfg(feature = "process")]
impl Shelter {
    /// Returns the outermost region of the current thread, and the regions that the task on it is inside of.
    pub(crate) fn here() -> Self {
        let own = SLOT.with(Cell::get).filter(|_| context::held_by_thread());
        let mut regions: Vec<_> = own.map(region_in).into_iter().collect();
        if context::held_by_task(context::Shields::All) {
            context::for_each_polled(|slot| regions.push(region_in(slot)));
        }
        Shelter(regions)
    }

    /// Makes a barrier that waits for those of the regions that are still held.
    pub(crate) fn barrier(self, event: Arc<Event>) -> Barrier {
        Barrier::new(Some(event), || WaitFor::These(self.0))
    }
}
