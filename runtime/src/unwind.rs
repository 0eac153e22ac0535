//! Calls of the user's code: a panic of such code ends here, and its result is turned into an [`End`].
//!
//! The value of a panic is code of the user's, too: dropping it may panic again, and a panic during unwinding aborts
//! the process. So such a value is [leaked](leak), wherever a panic is caught.

use std::any::Any;
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use crate::error::Failure;
use crate::report;
use crate::status::{End, Status};
use crate::sync::forks;
use crate::sys;

/// Polls a future, and drops it as soon as it has ended. A panic of the poll or of the drop becomes an `Err`.
#[derive(Debug)]
pub(crate) struct Contained<'a, F>(pub(crate) Pin<&'a mut Option<F>>);

impl<F> Contained<'_, F> {
    /// Drops the future, whether it has ended or not.
    ///
    /// # Errors
    ///
    /// The panic of the drop.
    pub(crate) fn give_up(&mut self) -> Result<(), Box<dyn Any + Send>> {
        call(|| self.0.set(None))
    }
}

impl<F: Future> Future for Contained<'_, F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let future = this.0.as_mut().as_pin_mut();
        let future = future.expect("a future is not polled again when it has ended");
        let ended = match call(|| future.poll(context)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(value)) => Ok(value),
            Err(panic) => Err(panic),
        };
        Poll::Ready(match this.give_up() {
            Ok(()) => ended,
            Err(panic) => {
                leak(ended);
                Err(panic)
            }
        })
    }
}

/// Calls code of the user's. A panic of it becomes an `Err`.
///
/// If the code has forked, it returns in the child as well. There the process ends: what we would do next is the
/// parent's to do. A poll that returns in a child is no exception, since the child would wait by the descriptors of its
/// parent's executor, and take from it what it waits for.
pub(crate) fn call<T>(code: impl FnOnce() -> T) -> thread::Result<T> {
    let before = forks();
    let returned = catch_unwind(AssertUnwindSafe(|| __rust_begin_short_backtrace(code)));
    if forks() != before {
        end_forked_child();
    }
    returned
}

/// Ends a forked child in which code of the user's returns to us.
#[cold]
pub(crate) fn end_forked_child() -> ! {
    report::error("this is a forked child of an app, and cannot go on as one: exec in it, or exit");
    sys::exit_now(Status::FAILURE.code().into())
}

/// Calls code of the user's. The standard library ends a short backtrace at a function of exactly this name, so the
/// frames below, which are this library's, are not shown.
#[inline(never)]
pub(crate) fn __rust_begin_short_backtrace<T>(code: impl FnOnce() -> T) -> T {
    let value = code();
    // Something is done after the call. Otherwise the compiler could make a jump of it, which leaves no frame.
    std::hint::black_box(());
    value
}

/// How code of the user's has ended that has returned this, or has panicked; and the value that it has made.
///
/// An `Err` is printed here. A panic was printed by the panic hook. `requested` says whether the shutdown was requested
/// when the code returned: from then on `Err(Cancelled)` is no failure.
pub(crate) fn judge<T>(
    returned: thread::Result<Result<T, Failure>>,
    requested: bool,
) -> (End, Option<T>) {
    match returned {
        Ok(Ok(made)) => (End::Done, Some(made)),
        Ok(Err(failure)) => {
            let end = report_failure(&failure, requested);
            // The error is dropped outside of the call of its `Debug`: if that has panicked, a panic of the drop during
            // that unwinding would abort the process.
            (end.and(discard(failure)), None)
        }
        Err(panic) => (panicked(panic), None),
    }
}

/// Prints an error, unless it is the `Cancelled` of a request.
fn report_failure(failure: &Failure, requested: bool) -> End {
    // To look at the error is to call code of the user's.
    let text = call(|| {
        let is_cancelled = requested && failure.is_cancelled();
        (!is_cancelled).then(|| failure.text())
    });
    match text {
        Ok(Some(text)) => {
            report::error(&text);
            End::Failed
        }
        Ok(None) => End::Cancelled,
        Err(panic) => panicked(panic),
    }
}

/// The end of a phase whose value is an end, too. Where the phase has returned one, that one counts.
pub(crate) fn flatten_end((end, returned): (End, Option<End>)) -> End {
    returned.unwrap_or(end)
}

/// Drops a value of the user's, such as a function that is not called, with what it has captured.
///
/// Such a drop may panic. Each value is dropped by a call of its own, since a second panic during the unwinding of the
/// first one aborts the process.
pub(crate) fn discard<T>(value: T) -> End {
    match call(|| drop(value)) {
        Ok(()) => End::Done,
        Err(panic) => panicked(panic),
    }
}

/// Drops several values of the user's, each as [`discard`] does.
pub(crate) fn discard_all<T>(values: impl IntoIterator<Item = T>) -> End {
    let ends = values.into_iter().map(discard);
    ends.fold(End::Done, End::and)
}

/// Leaks the value of a panic, or a result that may hold one: dropping it may panic again.
pub(crate) fn leak<T>(panic: T) {
    mem::forget(panic);
}

/// How code has ended that has panicked with this value, which is leaked.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> End {
    leak(panic);
    End::Panicked
}
