//! The app that a child was started in, and what the two have to do with each other.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::options::OnShutdown;
use crate::lifecycle;
use crate::report;
use crate::shutdown::{self, Request, Shutdown, WeakShutdown};
use crate::signal::Inbox;
use crate::sys::{self, Event};
use crate::timeline::{Open, Record};

/// The app that a child was started in. The child does not keep the app's handle alive.
pub(super) struct Origin {
    inbox: Arc<Inbox>,
    app: WeakShutdown,
    record: Arc<Record>,
}

impl Origin {
    /// Returns the app that runs now, if there is one.
    pub(super) fn here() -> Option<Self> {
        shutdown::current().map(|shutdown| Origin {
            inbox: Arc::clone(shutdown.inbox()),
            app: shutdown.downgrade(),
            record: Arc::clone(shutdown.record()),
        })
    }

    pub(super) fn is(&self, app: &Shutdown) -> bool {
        Arc::ptr_eq(&self.inbox, app.inbox())
    }

    /// Returns whether the app is shutting down.
    pub(super) fn is_requested(&self) -> bool {
        self.inbox.is_requested()
    }

    /// Notes for the picture of the app's stop that this goes on, until the value that is returned is dropped.
    pub(super) fn open(&self, what: String) -> Open {
        self.record.open(what)
    }

    /// Returns the event that becomes readable when the app asks such a child to end, and whether it has. `None` means
    /// that the app leaves the child alone.
    pub(super) fn cue(&self, on_shutdown: OnShutdown) -> Option<(&Event, bool)> {
        let word = self.inbox.word();
        match on_shutdown {
            OnShutdown::Ignore => None,
            OnShutdown::AtCancel => Some((self.inbox.cancelled_event(), word.cancelled())),
            OnShutdown::AtRequest => Some((self.inbox.requested_event(), word.is_requested())),
        }
    }

    /// Returns how long children may take to end by themselves, before a deadline of the app. `None` means that no
    /// deadline bounds them: none is in force, or the app has ended.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let app = self.app.upgrade()?;
        // Relaxed: it is a number alone, and whoever waits by it is woken after it has changed.
        let due = app.children_due().load(Ordering::Relaxed).checked_sub(1)?;
        let left = due.saturating_sub(sys::milliseconds());
        Some(Duration::from_millis(left))
    }

    /// Asks for the shutdown: a child has ended that the app cannot do without.
    pub(super) fn misses(&self, what: String, failed: bool) {
        let Some(shutdown) = self.app.upgrade() else {
            return;
        };
        if failed {
            report::error_unawaited(&what);
        }
        // This makes a request, and does not report a failure alone, so that the reason names the child.
        let request = Request {
            why: what.into(),
            code: None,
        };
        shutdown.request_with(request, failed.then_some(lifecycle::Event::CallbackFailed));
    }
}

/// Sets how long children of that app may take to end by themselves. The listener calls this, since it counts that
/// time. `None` says that no deadline bounds them any more.
pub(crate) fn set_time_left(app: &Shutdown, left: Option<Duration>) {
    let due = left.map_or(0, |left| {
        let left = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        sys::milliseconds().saturating_add(left).saturating_add(1)
    });
    // Relaxed: as in `Origin::time_left`.
    app.children_due().store(due, Ordering::Relaxed);
}
