//! A shielded region of a task: from the first poll that gets through the gate until its end.

use std::mem;
use std::panic::Location;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use super::context::{self, Shields};
use super::slot::Slot;

/// Where a region is in the source, and what it is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    pub(super) name: &'static str,
    pub(super) location: &'static Location<'static>,
}

/// A phase that is a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// An unmasked handle looks through this one.
    Start,
    Stop,
}

/// A region, entered or not. Dropping this value ends the region.
///
/// The region has a slot of its own, since a task moves from thread to thread.
#[derive(Debug)]
pub(super) struct Region {
    site: Site,
    phase: Option<Phase>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The region has not begun, or has ended.
    Outside,
    /// The region waits at a closed gate.
    Parked(&'static Slot),
    Inside(&'static Slot),
}

impl Region {
    pub(super) fn new(site: Site) -> Self {
        Region {
            site,
            phase: None,
            stage: Stage::Outside,
        }
    }

    pub(super) fn of_phase(phase: Phase, location: &'static Location<'static>) -> Self {
        let name = match phase {
            Phase::Start => "start",
            Phase::Stop => "stop",
        };
        let mut region = Region::new(Site { name, location });
        region.phase = Some(phase);
        region
    }

    pub(super) fn site(&self) -> Site {
        self.site
    }

    pub(super) fn is_inside(&self) -> bool {
        matches!(self.stage, Stage::Inside(_))
    }

    /// Enters the region. A closed gate lets it in only where it begins inside another one: whoever
    /// waits for that one waits for this one, too.
    pub(super) fn poll_enter(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let slot = match self.stage {
            Stage::Inside(_) => return Poll::Ready(()),
            Stage::Outside => Slot::take(),
            Stage::Parked(slot) => slot,
        };
        let is_nested = context::held(Shields::All);
        while !slot.enter(self.site.name, self.site.location) && !slot.may_stay() && !is_nested {
            // The region leaves its slot while it is parked, since nobody is to wait for it.
            slot.leave();
            self.stage = Stage::Parked(slot);
            if slot.park_task(context.waker()) {
                return Poll::Pending;
            }
        }
        if let Stage::Parked(slot) = mem::replace(&mut self.stage, Stage::Inside(slot)) {
            // A region that has become nested gets in at a closed gate. Nobody else takes its waker then.
            drop(slot.unpark_task());
        }
        if self.phase == Some(Phase::Start) {
            // Relaxed: only whoever polls the region reads it.
            slot.is_start.store(true, Ordering::Relaxed);
        }
        Poll::Ready(())
    }

    /// Runs a part of the region, in which no request is seen.
    pub(super) fn run_inside<T>(&self, part: impl FnOnce() -> T) -> T {
        match self.stage {
            Stage::Inside(slot) => context::run_inside(slot, part),
            Stage::Outside | Stage::Parked(_) => part(),
        }
    }

    /// Notes whose region this is: that of the task which is polled now, or that of the app's thread.
    pub(super) fn note_holder(&self) {
        if let Stage::Inside(slot) = self.stage {
            match self.phase {
                Some(_) => slot.holder.note_app_thread(),
                None => slot.holder.note_current(),
            }
        }
    }

    pub(super) fn end(&mut self) {
        match mem::replace(&mut self.stage, Stage::Outside) {
            Stage::Outside => {}
            Stage::Parked(slot) => {
                // The waker is taken before the slot is given back, since the slot's next task must not find it.
                drop(slot.unpark_task());
                slot.give_back();
            }
            Stage::Inside(slot) => {
                if self.phase == Some(Phase::Start) {
                    // Before the slot is given back, since its next region is another one. Relaxed: only whoever polls
                    // the region reads it.
                    slot.is_start.store(false, Ordering::Relaxed);
                }
                slot.leave();
                slot.give_back();
            }
        }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.end();
    }
}
