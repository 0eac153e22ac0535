//! The interruption points of tasks, and who wakes those who wait there.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread;

#[cfg(feature = "tokio")]
use tokio_util::sync::CancellationToken;

use super::waiters::Key;
use super::{Shared, Shutdown};
use crate::error::Cancelled;
use crate::shield::{Scope, Watch};
use crate::sync::{own_shard, spawn};
use crate::sys;

impl Shutdown {
    /// Waits for the request, in a task, on any executor.
    ///
    /// Inside a shield there is no request to wait for, as with [`wait`](Self::wait). Where the app drains
    /// it ends with the cancellation, after the drain time.
    ///
    /// # Cancel safety
    ///
    /// It may be dropped at any time, and made again: the request is never missed, since it stays.
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
        WaitForCancellation {
            shutdown: self,
            key: None,
            watch: Watch::default(),
        }
    }

    /// The same as a future that borrows nothing, as libraries want it: `axum`'s `with_graceful_shutdown`,
    /// and whatever is spawned.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// # fn serve(until: impl Future<Output = ()> + Send + 'static) {}
    /// serve(shutdown.clone().cancelled_owned());
    /// ```
    pub async fn cancelled_owned(self) {
        self.cancelled().await;
    }

    /// Runs a future until the request at the longest: then it is dropped, unless something in it is
    /// inside a [`#[shielded(inline)]`](macro@crate::shielded) function, which ends first.
    ///
    /// When it is ready at the moment of the request, its value is returned. Inside a shield it is simply
    /// run.
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
    /// [`Cancelled`] when it was dropped, or not begun.
    pub async fn run_until_cancelled<F: Future>(&self, future: F) -> Result<F::Output, Cancelled> {
        self.checkpoint()?;
        let scope = Scope::new();
        let mut future = pin!(future);
        let mut request = self.cancelled();
        poll_fn(move |context| {
            if self.checkpoint().is_err() {
                scope.close();
            }
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

/// The future of [`Shutdown::cancelled`].
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct WaitForCancellation<'a> {
    shutdown: &'a Shutdown,
    key: Option<Key>,
    /// For the end of a shield that it is polled in.
    watch: Watch,
}

impl Future for WaitForCancellation<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let cancelled = this.shutdown.inbox().word().cancelled();
        let waiters = &this.shutdown.shared.waiters;
        if !cancelled {
            this.key = waiters.register(this.key, own_shard(), context.waker());
            if this.key.is_some() {
                let shared = &this.shutdown.shared;
                shared.announcer.see_to(shared);
                return Poll::Pending;
            }
        }
        if this.watch.until_unmasked(context.waker()) {
            return Poll::Pending;
        }
        // The place goes with the list, so that not every task takes its lock once more.
        this.key = None;
        Poll::Ready(())
    }
}

impl Drop for WaitForCancellation<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.shutdown.shared.waiters.forget(key);
        }
    }
}

#[cfg(feature = "tokio")]
impl Shutdown {
    /// A token that is cancelled when `run` is: for libraries that take one.
    ///
    /// Each call makes a child of a token that is ours alone, so cancelling one neither asks for the
    /// shutdown nor cancels another. It knows nothing of shields.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// let token = shutdown.token();
    /// let child = token.child_token();
    /// shutdown.request("an example");
    /// assert!(token.is_cancelled() && child.is_cancelled());
    /// ```
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        let ours = self.shared.token.get_or_init(CancellationToken::new);
        self.shared.announcer.see_to(&self.shared);
        if self.inbox().word().cancelled() {
            // It may have been announced before there was a token.
            ours.cancel();
        }
        ours.child_token()
    }
}

/// Whether that thread is still to be started.
#[derive(Debug)]
pub(crate) struct Announcer {
    wanted: AtomicBool,
}

impl Announcer {
    /// `wanted`: nobody else wakes the tasks of this app.
    pub(crate) fn new(wanted: bool) -> Self {
        Announcer {
            wanted: AtomicBool::new(wanted),
        }
    }

    /// Somebody waits: sees to it that there is the thread.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[inline]
    pub(super) fn see_to(&self, shared: &Arc<Shared>) {
        // Relaxed: once it is not wanted any more it never is again, and `swap` decides between two who see that it is.
        if self.wanted.load(Ordering::Relaxed) && self.wanted.swap(false, Ordering::Relaxed) {
            if let Err(error) = start(shared) {
                // The next one who waits tries again.
                self.wanted.store(true, Ordering::Relaxed);
                panic!("cannot start the thread that wakes tasks: {error}");
            }
        }
    }
}

#[cold]
fn start(shared: &Arc<Shared>) -> io::Result<()> {
    let weak = Arc::downgrade(shared);
    let inbox = Arc::clone(&shared.inbox);
    let announce = move || {
        // Only the descriptor is kept, so that a handle that nobody has any more ends. One that was cancelled before
        // this thread was there is readable already.
        while !inbox.word().cancelled() && weak.strong_count() > 0 {
            sys::wait(&[inbox.cancelled_event()], None);
        }
        if let Some(shared) = weak.upgrade() {
            Shutdown::from_shared(shared).announce();
        }
    };
    let thread = thread::Builder::new().name("aplomb-waker".into());
    spawn(thread, Box::new(announce)).map(drop)
}

#[cfg(test)]
mod tests;
