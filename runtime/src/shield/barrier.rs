//! Waiting for shields.

use std::sync::Arc;
use std::time::Duration;

use super::ShieldInfo;
use super::gate;
use super::slot::{Slot, slots};
use crate::sync::Instant;
use crate::sys::Event;

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
    Held(Vec<Held>),
    /// All, at a gate that is open or closed since that time.
    All {
        open: bool,
        since: Instant,
        /// How often it was opened again.
        turns: u32,
    },
}

/// A region: its slot, and the version of its site.
pub(super) type Held = (&'static Slot, u64);

fn is_still_held((slot, version): &Held) -> bool {
    slot.blocks_exit() && slot.site.version() == *version
}

/// How long the gate stays closed at first while others are inside. One that parks may hold a lock
/// that one inside waits for, so it cannot be for ever.
const CLOSED_FOR: Duration = Duration::from_millis(500);

/// How long it is open then, for those who were parked to get through.
const OPEN_FOR: Duration = Duration::from_millis(20);

/// How long it stays closed after that: from 50 ms up to 3.2 s and from the beginning again. Short
/// turns are many tries where it takes luck; long ones outlast long regions.
fn closed_for(turns: u32) -> Duration {
    match turns {
        0 => CLOSED_FOR,
        turns => Duration::from_millis(50 << ((turns - 1) % 7)),
    }
}

impl Barrier {
    /// For the shields that are held at this moment, and not for what is entered later.
    pub(crate) fn held_now(event: Arc<Event>) -> Self {
        Barrier::of(event, || {
            let held = slots().filter(|slot| slot.blocks_exit());
            held.map(|slot| (slot, slot.site.version())).collect()
        })
    }

    /// For these regions, which are found when whoever ends one says so.
    pub(super) fn of(event: Arc<Event>, held: impl FnOnce() -> Vec<Held>) -> Self {
        gate::wait_at(&event);
        Barrier {
            wait_for: WaitFor::Held(held()),
            event,
        }
    }

    /// Until no shield is held at all. Closes the gate: what has not begun does not begin, unless
    /// what has begun turns out to wait for it. Once it is clear the gate stays closed.
    pub(crate) fn all(event: Arc<Event>) -> Self {
        gate::wait_at(&event);
        gate::close();
        Barrier {
            wait_for: WaitFor::All {
                open: false,
                since: Instant::now(),
                turns: 0,
            },
            event,
        }
    }

    /// When to ask again if no shield ends; `None`: there is no need to.
    pub(crate) fn look_again(&self) -> Option<Duration> {
        match &self.wait_for {
            WaitFor::Held(_) => None,
            WaitFor::All { open, since, turns } => {
                let turn = if *open { OPEN_FOR } else { closed_for(*turns) };
                Some(turn.saturating_sub(since.elapsed()))
            }
        }
    }

    /// Whether there is nothing left to wait for.
    pub(crate) fn is_clear(&mut self) -> bool {
        match &mut self.wait_for {
            WaitFor::Held(held) => {
                // From the end on, and no further than to one that is held: there may be many.
                while held.last().is_some_and(|region| !is_still_held(region)) {
                    held.pop();
                }
                held.is_empty()
            }
            WaitFor::All { open, since, turns } => {
                if *open && (since.elapsed() >= OPEN_FOR || !is_held()) {
                    gate::close();
                    (*open, *since) = (false, Instant::now());
                }
                if *open {
                    return false;
                }
                if gate::seal_unless(is_held) {
                    return true;
                }
                if since.elapsed() >= closed_for(*turns) {
                    gate::reopen();
                    *turns += 1;
                    (*open, *since) = (true, Instant::now());
                }
                false
            }
        }
    }

    /// Who holds it up.
    pub(crate) fn holders(&self) -> Vec<ShieldInfo> {
        match &self.wait_for {
            WaitFor::Held(held) => held
                .iter()
                .filter(|region| is_still_held(region))
                .filter_map(|(slot, _)| slot.info())
                .collect(),
            WaitFor::All { .. } => slots()
                .filter(|slot| slot.blocks_exit())
                .filter_map(Slot::info)
                .collect(),
        }
    }
}

/// Whether anybody holds one that the exit has to wait for.
fn is_held() -> bool {
    slots().any(Slot::blocks_exit)
}

impl Drop for Barrier {
    fn drop(&mut self) {
        gate::wait_no_longer(&self.event);
    }
}
