//! A handle that drains, for tests.

use std::fmt;
use std::sync::Arc;

use super::phase::Reached;
use super::{Announcer, Shutdown};
use crate::signal::Inbox;

impl Shutdown {
    /// Makes a handle that belongs to no app, as [`new`](Self::new) does, and that drains: for tests of what a program
    /// does between the request and the cancellation. A request does not cancel as long as the guard lives.
    ///
    /// ```
    /// use aplomb::{Phase, Shutdown};
    ///
    /// let (shutdown, drain) = Shutdown::draining();
    /// shutdown.request("a test");
    /// assert!(shutdown.is_requested());
    /// assert_eq!(shutdown.phase(), Phase::Draining);
    /// assert!(shutdown.checkpoint().is_ok()); // `run` goes on
    ///
    /// drop(drain);
    /// assert!(shutdown.checkpoint().is_err());
    /// ```
    ///
    /// # Panics
    ///
    /// If the process or the system has no file descriptor left. This handle needs one more than that of
    /// [`new`](Self::new), or two where that needs six.
    pub fn draining() -> (Self, DrainGuard) {
        let inbox = Inbox::new(true, 0).expect("a file descriptor for the shutdown handle");
        inbox.drain();
        let shutdown =
            Shutdown::with_inbox(Arc::new(inbox), Announcer::new(false), Reached::running());
        (shutdown.clone(), DrainGuard(shutdown))
    }
}

/// The drain of a handle that [`Shutdown::draining`] has made. It is over when this is dropped: a request that was made
/// cancels then, and one that comes later cancels at once.
#[must_use = "the drain is over when this is dropped"]
pub struct DrainGuard(Shutdown);

impl Drop for DrainGuard {
    fn drop(&mut self) {
        let DrainGuard(shutdown) = self;
        shutdown.inbox().end_drain();
        shutdown.announce();
    }
}

impl fmt::Debug for DrainGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DrainGuard").finish_non_exhaustive()
    }
}
