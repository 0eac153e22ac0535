//! The interruption points of tasks.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::Shutdown;
use super::waiters::Key;
use crate::error::Cancelled;
use crate::shield::{Scope, Watch};
use crate::sync::own_shard;

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
    pub fn cancelled(&self) -> UntilCancelled<'_> {
        UntilCancelled {
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
    /// let answer = shutdown.run_until(async { 6 * 7 }).await;
    /// assert_eq!(answer, Ok(42));
    ///
    /// shutdown.request("an example");
    /// let never = shutdown.run_until(std::future::pending::<()>()).await;
    /// assert_eq!(never, Err(Cancelled));
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when it was dropped, or not begun.
    pub async fn run_until<F: Future>(&self, future: F) -> Result<F::Output, Cancelled> {
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
pub struct UntilCancelled<'a> {
    shutdown: &'a Shutdown,
    key: Option<Key>,
    /// For the end of a shield that it is polled in.
    watch: Watch,
}

impl Future for UntilCancelled<'_> {
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

impl Drop for UntilCancelled<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.shutdown.shared.waiters.forget(key);
        }
    }
}

#[cfg(test)]
mod tests;
