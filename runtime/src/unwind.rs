//! Calling code of the user's: its panics end here, and how it has ended is judged.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use crate::error::Failure;
use crate::report;
use crate::status::End;

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

/// How one has ended that has returned this, or has panicked. A failure is printed, a panic has
/// printed itself. `asked` is whether the shutdown was requested by then.
pub(crate) fn judge<T>(
    returned: thread::Result<Result<T, Failure>>,
    asked: bool,
) -> (End, Option<T>) {
    match returned {
        Ok(Ok(made)) => (End::Done, Some(made)),
        Ok(Err(failure)) => {
            let end = catch_unwind(AssertUnwindSafe(|| look_at(&failure, asked)));
            // Not in there: where its `Debug` has panicked, a panic of its drop would be the second, and abort.
            (end.unwrap_or_else(panicked).and(discard(failure)), None)
        }
        Err(panic) => (panicked(panic), None),
    }
}

fn look_at(failure: &Failure, asked: bool) -> End {
    if asked && failure.is_cancelled() {
        return End::Cancelled;
    }
    report::failure(&failure.text());
    End::Failed
}

/// How a phase has ended: as it says itself, where it has come to that.
pub(crate) fn of_phase((end, own): (End, Option<End>)) -> End {
    own.unwrap_or(end)
}

/// Drops what is not needed any more, such as a function that is not called, with what it has captured: that is code of the user's,
/// and may panic. One value at a time, since a second panic aborts.
pub(crate) fn discard<T>(value: T) -> End {
    match catch_unwind(AssertUnwindSafe(|| drop(value))) {
        Ok(()) => End::Done,
        Err(panic) => panicked(panic),
    }
}

/// As [`discard`], for all of them.
pub(crate) fn discard_all<T>(values: impl IntoIterator<Item = T>) -> End {
    let ends = values.into_iter().map(discard);
    ends.fold(End::Done, End::and)
}

/// Dropping what was thrown is user code again, and may throw: it is leaked.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> End {
    std::mem::forget(panic);
    End::Panicked
}
