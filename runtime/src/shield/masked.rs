//! Waits for the cancellation inside a shield, where no request ends them.
//!
//! Such a wait is a mistake as a rule, and shows as a shield that holds up the end. So the line that names the shield
//! tells of it, once. From the request on such a wait is noted at the shield's slot. Before the request, and outside of
//! shields, nothing is noted.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::context::{self, Shields};
use super::slot::{Masked, Slot};
use crate::stragglers::Remark;
use crate::sync::lock;

/// An interruption point that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    Wait,
    WaitTimeout,
    Sleep,
    Ready,
    ReadyTimeout,
    Accept,
    AcceptTimeout,
    RunBlocking,
    Cancelled,
    RunUntilCancelled,
    #[cfg(feature = "process")]
    Child,
    #[cfg(feature = "process")]
    Spawn,
    /// The start of a child whose program has not begun.
    #[cfg(feature = "process")]
    Start,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Point::Wait => "Shutdown::wait",
            Point::WaitTimeout => "Shutdown::wait_timeout",
            Point::Sleep => "Shutdown::sleep",
            Point::Ready => "Shutdown::ready",
            Point::ReadyTimeout => "Shutdown::ready_timeout",
            Point::Accept => "Shutdown::accept",
            Point::AcceptTimeout => "Shutdown::accept_timeout",
            Point::RunBlocking => "Shutdown::run_blocking",
            Point::Cancelled => "Shutdown::cancelled",
            Point::RunUntilCancelled => "Shutdown::run_until_cancelled",
            #[cfg(feature = "process")]
            Point::Child => "Child::wait",
            #[cfg(feature = "process")]
            Point::Spawn | Point::Start => "SpawnOptions::spawn",
        })
    }
}

/// What the line of the shield tells of such a wait, with what to write instead.
fn words(point: Point, in_start: bool) -> String {
    let instead = match point {
        #[cfg(feature = "process")]
        Point::Child => "ask the child to end",
        #[cfg(feature = "process")]
        Point::Spawn => "give the child less time in `ready_within`",
        #[cfg(feature = "process")]
        Point::Start => "have the steps end that come before the child's program",
        _ if in_start => "in `start` wait by the handle that `Shutdown::unmasked` returns",
        _ => "end the shield before such a wait",
    };
    format!("it waits in `{point}`, which no request ends inside a shield: {instead}")
}

/// A wait that goes on inside a shield. Dropping this says that it has ended.
#[derive(Debug)]
pub(crate) struct MaskedWait {
    slot: &'static Slot,
    note: Arc<Masked>,
}

impl MaskedWait {
    /// Notes a wait that begins after the request, if what runs now is inside one of these shields. A sleep is a
    /// mistake in `start` alone.
    pub(crate) fn begin(point: Point, shields: Shields) -> Option<Self> {
        let slot = context::outermost(shields)?;
        // Relaxed: whoever polls the region asks, and has written this.
        let in_start = slot.is_start.load(Ordering::Relaxed);
        if point == Point::Sleep && !in_start {
            return None;
        }
        let note = Arc::new(Masked {
            version: slot.site.version(),
            remark: Arc::new(Remark::new(words(point, in_start))),
        });
        // The lock is held for this one step, since the listener may be reading the note.
        *lock(slot.masked()) = Some(Arc::clone(&note));
        Some(MaskedWait { slot, note })
    }

    /// Returns whether this is a wait inside that region, which what runs now is inside of.
    pub(crate) fn is_here(&self, shields: Shields) -> bool {
        context::outermost(shields).is_some_and(|slot| {
            std::ptr::eq(slot, self.slot) && slot.site.version() == self.note.version
        })
    }
}

impl Drop for MaskedWait {
    fn drop(&mut self) {
        // The lock is held for the look and the change, since another wait may be noted there meanwhile.
        let mut noted = lock(self.slot.masked());
        if noted
            .as_ref()
            .is_some_and(|noted| Arc::ptr_eq(noted, &self.note))
        {
            *noted = None;
        }
    }
}
