//! Where the user's code begins, and its panics end.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Polls a future, and drops it as soon as it has ended, with panics as errors.
#[derive(Debug)]
pub(crate) struct Contained<'a, F>(pub(crate) Pin<&'a mut Option<F>>);

impl<F> Contained<'_, F> {
    /// Drops the future, whether it has ended or not.
    pub(crate) fn give_up(&mut self) -> Result<(), Box<dyn Any + Send>> {
        catch_unwind(AssertUnwindSafe(|| self.0.set(None)))
    }
}

impl<F: Future> Future for Contained<'_, F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let future = this.0.as_mut().as_pin_mut();
        let future = future.expect("a future is not polled again when it has ended");
        let poll = || __rust_begin_short_backtrace(|| future.poll(context));
        let ended = match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(value)) => Ok(value),
            Err(panic) => Err(panic),
        };
        Poll::Ready(match this.give_up() {
            Ok(()) => ended,
            Err(panic) => {
                // Dropping a panic is user code, and may panic again.
                std::mem::forget(ended);
                Err(panic)
            }
        })
    }
}

/// Where the standard library's backtraces end, by this very name: what is below is not the user's.
#[inline(never)]
pub(crate) fn __rust_begin_short_backtrace<T>(piece: impl FnOnce() -> T) -> T {
    let made = piece();
    // Keeps the call from becoming a jump, which would leave no frame.
    std::hint::black_box(());
    made
}
