//! A handle that keeps nothing alive: for threads that a handle has started, and for children, which may outlast their
//! app.

use std::sync::{Arc, Weak};

use super::activity::{Activity, Ongoing};
use super::{Shared, Shutdown};
use crate::shield::Shields;
use crate::stragglers::Place;

/// A [`Shutdown`] handle that does not count as one.
#[derive(Debug)]
pub(crate) struct WeakShutdown(Weak<Shared>);

impl Shutdown {
    pub(crate) fn downgrade(&self) -> WeakShutdown {
        WeakShutdown(Arc::downgrade(&self.shared))
    }
}

impl WeakShutdown {
    /// Returns a handle, unless the last one was dropped.
    pub(crate) fn upgrade(&self) -> Option<Shutdown> {
        Some(Shutdown {
            shared: self.0.upgrade()?,
            masks: Shields::All,
        })
    }

    /// Returns whether the last handle was dropped.
    pub(super) fn is_gone(&self) -> bool {
        self.0.strong_count() == 0
    }

    /// Notes that a function is being called that was registered at this place, by this function of the library.
    pub(super) fn begin_call(&self, by: &'static str, place: Place) -> Option<Ongoing> {
        let shutdown = self.upgrade()?;
        Some(shutdown.begin_activity(Activity::Registered { by, place }))
    }

    /// Notes a panic as [`Shutdown::note_panic`] does. Where the last handle was dropped nobody asks.
    pub(super) fn note_panic(&self) {
        if let Some(shutdown) = self.upgrade() {
            shutdown.note_panic();
        }
    }
}
