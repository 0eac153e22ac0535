//! Waiting for the request itself, in a task.
//!
//! The cancellation may come later, where the app drains. What makes the request is mostly a signal handler, which can
//! wake no task: that is to run code of an executor. So a function of `on_request` does it, which the first task that
//! waits registers.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use once_cell::sync::OnceCell;

use super::Shutdown;
use super::waiter::Waiter;
use super::waiters::Waiters;
use crate::stragglers::Place;

/// The tasks that await the request.
#[derive(Debug)]
pub(super) struct Requested {
    waiters: Waiters,
    /// Set when the function is registered that wakes them.
    is_watched: OnceCell<()>,
}

impl Requested {
    pub(super) fn new() -> Self {
        Requested {
            // One list is enough: there is mostly one such task.
            waiters: Waiters::new(1),
            is_watched: OnceCell::new(),
        }
    }

    /// Has the tasks woken at the request. Called when a task waits.
    ///
    /// # Panics
    ///
    /// If the system cannot start the thread of `on_request`.
    fn ensure_watched(&self, shutdown: &Shutdown, place: Place) {
        if !shutdown.inbox().is_home() {
            // A forked child, in which nobody calls the function; and what a thread of the parent was about to set
            // would never be.
            return;
        }
        // Of several tasks one registers the function, and the others wait until it is there, or try themselves: so no
        // task goes to sleep without it.
        self.is_watched.get_or_init(|| {
            let weak = shutdown.downgrade();
            let wake = move || {
                if let Some(shutdown) = weak.upgrade() {
                    shutdown.shared.requested.waiters.wake_all();
                }
            };
            let callbacks = &shutdown.shared.callbacks;
            callbacks.add(shutdown, place, Box::new(wake));
        });
    }
}

impl Shutdown {
    /// Waits for the request, in a task, on any executor: for what is to be done as soon as the app is to stop, and
    /// before `run` is cancelled, where there is a [drain time](crate::App::drain). Without one the two come together.
    ///
    /// Neither a shield nor the drain time hides the request here: this is no interruption point. In an app of threads,
    /// or where no task waits, [`on_request`](Self::on_request) does the same.
    ///
    /// ```
    /// # struct Health;
    /// # impl Health { fn set_not_serving(&self) {} }
    /// # futures_executor::block_on(async {
    /// # let (health, shutdown) = (Health, aplomb::Shutdown::new());
    /// # shutdown.request("an example");
    /// shutdown.requested().await;
    /// health.set_not_serving(); // and go on serving, until the drain is over
    /// # });
    /// ```
    ///
    /// A forked child has a copy of the handle: there the wait ends only for who looks after the child's own request.
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped at any time, and made again. The request stays, so it is never missed.
    ///
    /// # Panics
    ///
    /// When the future is polled: if the system cannot start the thread that wakes tasks.
    #[track_caller]
    pub fn requested(&self) -> WaitForRequest<'_> {
        WaitForRequest {
            shutdown: self,
            place: Place::of_caller(),
            waiter: Waiter::new(&self.shared.requested.waiters),
        }
    }
}

/// The future that [`Shutdown::requested`] returns: ready at the request.
#[must_use = "a future does nothing unless it is awaited"]
pub struct WaitForRequest<'a> {
    shutdown: &'a Shutdown,
    /// Where the wait was made: what messages name, should it take long to wake its task.
    place: Place,
    waiter: Waiter<'a>,
}

impl Future for WaitForRequest<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if !this.shutdown.is_requested() {
            // `register` returns `false` if the waiters were woken since the look at the request, so that one which
            // comes in between is not missed. The function that wakes them is registered behind that: it is called at
            // once if the request has come by then.
            if this.waiter.register(0, context.waker()) {
                let requested = &this.shutdown.shared.requested;
                requested.ensure_watched(this.shutdown, this.place);
                return Poll::Pending;
            }
        }
        this.waiter.note_woken();
        Poll::Ready(())
    }
}

impl fmt::Debug for WaitForRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitForRequest").finish_non_exhaustive()
    }
}
