//! The interruption points of tasks, and the thread that wakes the tasks which wait there.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

use once_cell::sync::OnceCell;
#[cfg(feature = "tokio")]
use tokio_util::sync::CancellationToken;

use super::Shutdown;
use super::waiter::Waiter;
use crate::error::Cancelled;
use crate::shield::{MaskedWait, Point, Scope, Watch};
use crate::sync::{own_shard, spawn};
use crate::sys;

impl Shutdown {
    /// Waits for the cancellation, in a task, on any executor.
    ///
    /// The cancellation comes with the request, or at the end of the app's drain time. Inside a shield this waits until
    /// the shield has ended, too.
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped at any time, and made again. The cancellation stays, so it is never missed.
    ///
    /// # Panics
    ///
    /// When the future is polled: if the system cannot start the thread that wakes tasks. An app of threads starts one
    /// when the first task waits.
    ///
    /// ```
    /// # futures_executor::block_on(async {
    /// # let shutdown = aplomb::Shutdown::new();
    /// # shutdown.request("an example");
    /// shutdown.cancelled().await;
    /// println!("stopping: {}", shutdown.reason().unwrap());
    /// # });
    /// ```
    pub fn cancelled(&self) -> WaitForCancellation<'_> {
        self.cancelled_in(Point::Cancelled)
    }

    /// Waits for the cancellation as a part of that method.
    fn cancelled_in(&self, wait: Point) -> WaitForCancellation<'_> {
        WaitForCancellation {
            shutdown: self,
            wait,
            waiter: Waiter::new(&self.shared.waiters),
            watch: Watch::default(),
            masked: None,
        }
    }

    /// Waits for the cancellation as [`cancelled`](Self::cancelled) does, as a future that borrows nothing. Tasks that
    /// are spawned need that, and libraries, such as `axum` for its `with_graceful_shutdown`.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// # fn serve(until: impl Future<Output = ()> + Send + 'static) {}
    /// serve(shutdown.clone().cancelled_owned());
    /// ```
    pub async fn cancelled_owned(self) {
        self.cancelled().await;
    }

    /// Runs a future until it is ready, or until the cancellation: then the future is dropped.
    ///
    /// A future that is ready when the cancellation is noticed wins: its value is returned. If a
    /// [`#[shielded(inline)]`](macro@crate::shielded) function is being awaited in the future, or the guard of a
    /// [`shield`](crate::shield()) is held, the future is dropped only after that has ended. If this method itself is
    /// called inside a shield, the future runs to its end.
    ///
    /// ```
    /// use aplomb::{Cancelled, Shutdown};
    ///
    /// # futures_executor::block_on(async {
    /// # let shutdown = Shutdown::new();
    /// let answer = shutdown.run_until_cancelled(async { 6 * 7 }).await;
    /// assert_eq!(answer, Ok(42));
    ///
    /// shutdown.request("an example");
    /// let never = shutdown.run_until_cancelled(std::future::pending::<()>()).await;
    /// assert_eq!(never, Err(Cancelled));
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// [`Cancelled`], if the future was dropped before it was ready, or was never polled because the cancellation had
    /// come before.
    pub async fn run_until_cancelled<F: Future>(&self, future: F) -> Result<F::Output, Cancelled> {
        self.checkpoint()?;
        let scope = Scope::new();
        let mut future = pin!(future);
        let mut request = self.cancelled_in(Point::RunUntilCancelled);
        poll_fn(move |context| {
            if self.checkpoint().is_err() {
                // From here on no region begins in the future, or it could go from one to the next and never be
                // dropped.
                scope.close();
            }
            // The future is polled before the request is looked at: a value that is there is not thrown away.
            if let Poll::Ready(value) = scope.enter(|| future.as_mut().poll(context)) {
                return Poll::Ready(Ok(value));
            }
            let requested = Pin::new(&mut request).poll(context).is_ready();
            if requested && scope.is_clear(context.waker()) {
                return Poll::Ready(Err(Cancelled));
            }
            Poll::Pending
        })
        .await
    }
}

/// The future that [`Shutdown::cancelled`] returns: ready at the cancellation.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct WaitForCancellation<'a> {
    shutdown: &'a Shutdown,
    /// The method that waits.
    wait: Point,
    waiter: Waiter<'a>,
    /// Has the task woken at the end of the shield in which this is polled.
    watch: Watch,
    /// Says that this waits inside a shield, although the cancellation has come.
    masked: Option<MaskedWait>,
}

impl Future for WaitForCancellation<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let cancelled = this.shutdown.inbox().word().cancelled();
        if !cancelled {
            // `register` returns `false` if the waiters were woken since the look at the word. So a cancellation that
            // comes in between is not missed.
            if this.waiter.register(own_shard(), context.waker()) {
                let shutdown = this.shutdown;
                shutdown.shared.announcer.ensure_started(shutdown);
                return Poll::Pending;
            }
        }
        let shields = this.shutdown.masks;
        if this.watch.until_unmasked(shields, context.waker()) {
            if !this
                .masked
                .as_ref()
                .is_some_and(|masked| masked.is_here(shields))
            {
                this.masked = MaskedWait::begin(this.wait, shields);
            }
            return Poll::Pending;
        }
        this.masked = None;
        this.waiter.note_woken();
        Poll::Ready(())
    }
}

#[cfg(feature = "tokio")]
impl Shutdown {
    /// Returns a token of `tokio-util`'s that is cancelled at the cancellation, for libraries that take one.
    ///
    /// Each call returns a new child of a token that is never given out. So cancelling one neither asks for the
    /// shutdown nor cancels another one. A shield does not hide the cancellation here.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// let token = shutdown.token();
    /// let child = token.child_token();
    /// shutdown.request("an example");
    /// assert!(token.is_cancelled() && child.is_cancelled());
    /// ```
    ///
    /// # Panics
    ///
    /// If the system cannot start the thread that cancels the token. An app of threads starts one at the first call.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        if !self.inbox().is_home() {
            // A forked child, which no request reaches but its own. A thread of the parent may be making the token.
            let token = CancellationToken::new();
            if self.inbox().word().cancelled() {
                token.cancel();
            }
            return token;
        }
        let ours = self.shared.token.get_or_init(CancellationToken::new);
        self.shared.announcer.ensure_started(self);
        if self.inbox().word().cancelled() {
            // The token was made before this look, and the announcement looks for a token after the cancellation. So at
            // least one of the two cancels it.
            ours.cancel();
        }
        ours.child_token()
    }
}

/// Starts the thread that wakes tasks, when the first task waits. An app of threads in which no task waits has no such
/// thread.
#[derive(Debug)]
pub(crate) struct Announcer {
    /// Whether the thread is needed.
    wanted: bool,
    /// Set when it was started.
    started: OnceCell<()>,
}

impl Announcer {
    /// `wanted` says that no other thread wakes the tasks which wait for this handle.
    pub(crate) fn new(wanted: bool) -> Self {
        Announcer {
            wanted,
            started: OnceCell::new(),
        }
    }

    /// Starts the thread, if it is needed and not started yet. Called when a task waits.
    ///
    /// # Panics
    ///
    /// If the system cannot start the thread.
    #[inline]
    pub(super) fn ensure_started(&self, shutdown: &Shutdown) {
        if self.wanted && self.started.get().is_none() {
            self.start(shutdown);
        }
    }

    /// Out of line, so that a poll has none of this code.
    #[cold]
    fn start(&self, shutdown: &Shutdown) {
        if !shutdown.inbox().is_home() {
            // A forked child, in which nobody makes the request.
            return;
        }
        // Of several tasks one starts the thread, and the others wait until it is there, or try themselves: so no task
        // goes to sleep without it.
        if let Err(error) = self.started.get_or_try_init(|| start(shutdown)) {
            panic!("cannot start the thread that wakes tasks: {error}");
        }
    }
}

fn start(shutdown: &Shutdown) -> io::Result<()> {
    let (weak, inbox) = (shutdown.downgrade(), Arc::clone(shutdown.inbox()));
    let announce = move || {
        // The thread keeps the events alive, but not the handle: otherwise a handle that is used no more would never be
        // dropped. Its drop sets the events, and ends this thread. A cancellation that has come before the thread was
        // there is seen at once, since the event stays readable.
        while !inbox.word().cancelled() && !weak.is_gone() {
            sys::wait(&[inbox.cancelled_event()], None);
        }
        if let Some(shutdown) = weak.upgrade() {
            shutdown.announce();
        }
    };
    let thread = thread::Builder::new().name("aplomb-waker".into());
    spawn(thread, Box::new(announce)).map(drop)
}

#[cfg(test)]
mod tests;
