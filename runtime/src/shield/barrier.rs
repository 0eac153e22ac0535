//! Waiting for shields.

use std::sync::Arc;

use super::ShieldInfo;
use super::gate;
use super::slot::{Slot, slots};
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
    Held(Vec<(&'static Slot, u64)>),
    All,
}

impl Barrier {
    /// For the shields that are held at this moment, and not for what is entered later.
    pub(crate) fn held_now(event: Arc<Event>) -> Self {
        gate::wait_at(&event, false);
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
        gate::wait_at(&event, true);
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
    fn drop(&mut self) {
        gate::wait_no_longer(&self.event);
    }
}
