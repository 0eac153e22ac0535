//! A shielded region of a task: from the first poll that gets through the gate to its end.

use std::panic::Location;
use std::task::{Context, Poll};

use super::slot::Slot;
use super::{context, gate};

/// Where a region is in the source, and what it is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) location: &'static Location<'static>,
}

/// A region, entered or not. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Region {
    site: Site,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Not begun.
    Outside,
    /// At a closed gate.
    Parked(&'static Slot),
    Inside(&'static Slot),
}

impl Region {
    pub(super) fn new(site: Site) -> Self {
        Region {
            site,
            stage: Stage::Outside,
        }
    }

    pub(super) fn site(&self) -> Site {
        self.site
    }

    pub(super) fn is_inside(&self) -> bool {
        matches!(self.stage, Stage::Inside(_))
    }

    /// Enters, when the gate lets it; inside another one, always.
    pub(super) fn poll_enter(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let slot = match self.stage {
            Stage::Inside(_) => return Poll::Ready(()),
            Stage::Outside => Slot::take(),
            Stage::Parked(slot) => slot,
        };
        let nested = context::held();
        while !slot.enter(self.site.name, self.site.location) && !slot.is_let_through() && !nested {
            slot.leave_region();
            self.stage = Stage::Parked(slot);
            if gate::park_task(slot, context.waker()) {
                return Poll::Pending;
            }
        }
        self.stage = Stage::Inside(slot);
        Poll::Ready(())
    }

    /// Does something as a part of the region: it sees no request.
    pub(super) fn run_inside<T>(&self, inside: impl FnOnce() -> T) -> T {
        match self.stage {
            Stage::Inside(slot) => context::run_inside(slot, inside),
            Stage::Outside | Stage::Parked(_) => inside(),
        }
    }

    /// It is the task's that polls it now.
    pub(super) fn note_task(&self) {
        if let Stage::Inside(slot) = self.stage {
            slot.note_task();
        }
    }

    /// Ends it.
    pub(super) fn end(&mut self) {
        match std::mem::replace(&mut self.stage, Stage::Outside) {
            Stage::Outside => {}
            Stage::Parked(slot) => {
                gate::unpark_task(slot);
                slot.give_back();
            }
            Stage::Inside(slot) => {
                slot.leave_region();
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
