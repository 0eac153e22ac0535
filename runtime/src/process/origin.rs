//! The app that a child is a part of, and what the two have to do with each other.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::options::AtRequest;
use crate::report;
use crate::shutdown::{self, Shared, Shutdown};
use crate::signal::Inbox;
use crate::sys::{self, Event};

/// Where a child was started.
pub(super) struct Origin(Option<App>);

/// An app, without keeping its handle alive.
struct App {
    inbox: Arc<Inbox>,
    shared: Weak<Shared>,
}

impl Origin {
    /// Of what is started now.
    pub(super) fn here() -> Self {
        Origin(shutdown::current().map(|shutdown| App {
            inbox: Arc::clone(shutdown.shared_inbox()),
            shared: shutdown.downgrade(),
        }))
    }

    /// Whether it was in this app.
    pub(super) fn is_in(&self, app: &Shutdown) -> bool {
        let own = self.0.as_ref();
        own.is_some_and(|own| Arc::ptr_eq(&own.inbox, app.shared_inbox()))
    }

    /// Whether the app is shutting down.
    pub(super) fn is_requested(&self) -> bool {
        self.0.as_ref().is_some_and(|app| app.inbox.is_requested())
    }

    /// What is readable when a child is to be told to end; `None` where the request leaves it alone.
    pub(super) fn cue(&self, at_request: AtRequest) -> Option<&Event> {
        let app = self.0.as_ref()?;
        match at_request {
            AtRequest::LeaveAlone => None,
            AtRequest::Tell => Some(app.inbox.cancelled_event()),
            AtRequest::TellAtOnce => Some(app.inbox.requested_event()),
        }
    }

    /// Whether that has come.
    pub(super) fn is_cued(&self, at_request: AtRequest) -> bool {
        let Some(app) = &self.0 else {
            return false;
        };
        match at_request {
            AtRequest::LeaveAlone => false,
            AtRequest::Tell => app.inbox.word().cancelled(),
            AtRequest::TellAtOnce => app.inbox.word().is_requested(),
        }
    }

    /// How long it may take to end by itself, before a deadline of the app.
    pub(super) fn time_left(&self) -> Option<Duration> {
        self.shutdown().and_then(|_| time_left())
    }

    /// A child has ended that the app cannot do without.
    pub(super) fn misses(&self, what: String, failed: bool) {
        let Some(shutdown) = self.shutdown() else {
            return;
        };
        if failed {
            report::failure_unawaited(&what);
        }
        // The reason names it, where there was none before.
        shutdown.request(what);
        if failed {
            shutdown.note_failure();
        }
    }

    fn shutdown(&self) -> Option<Shutdown> {
        let shared = self.0.as_ref()?.shared.upgrade()?;
        Some(Shutdown::from_shared(shared))
    }
}

/// When children are to be killed, in milliseconds of the monotonic clock and one more; 0 for never.
static DUE: AtomicU64 = AtomicU64::new(0);

/// How long children may take to end by themselves, before a deadline of the live app; `None` without one.
fn time_left() -> Option<Duration> {
    // Relaxed: it is a number alone, and whoever waits by it is woken after it has changed.
    let due = DUE.load(Ordering::Relaxed).checked_sub(1)?;
    Some(Duration::from_millis(
        due.saturating_sub(sys::milliseconds()),
    ))
}

/// For the listener, which counts it.
pub(crate) fn set_time_left(left: Option<Duration>) {
    let due = left.map_or(0, |left| {
        let left = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        sys::milliseconds().saturating_add(left).saturating_add(1)
    });
    // Relaxed: as in `time_left`.
    DUE.store(due, Ordering::Relaxed);
}
