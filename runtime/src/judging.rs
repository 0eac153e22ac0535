//! How a piece of the user's code has ended: well, with an `Err`, or by a panic.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crate::exit::End;
use crate::failure::Failure;
use crate::report;
use crate::shutdown::Shutdown;

/// How one has ended that has returned this, or has panicked. A failure is printed, a panic has
/// printed itself. `asked` is whether the shutdown was requested by then.
pub(crate) fn judge<T>(
    returned: thread::Result<Result<T, Failure>>,
    asked: bool,
) -> (End, Option<T>) {
    match returned {
        Ok(Ok(made)) => (End::Done, Some(made)),
        Ok(Err(failure)) => {
            let end = catch_unwind(AssertUnwindSafe(|| look_at(failure, asked)));
            (end.unwrap_or_else(panicked), None)
        }
        Err(panic) => (panicked(panic), None),
    }
}

fn look_at(failure: Failure, asked: bool) -> End {
    if asked && failure.is_cancelled() {
        return End::Cancelled;
    }
    report::failure(&failure.text());
    // Dropping it is user code as well, and may panic.
    drop(failure);
    End::Failed
}

/// How a phase has ended: as it says itself, where it has come to that.
pub(crate) fn of_phase((end, own): (End, Option<End>)) -> End {
    own.unwrap_or(end)
}

/// The same for a function that a signal has called: what is not well there ends the app, too.
pub(crate) fn note_callback(returned: thread::Result<Result<(), Failure>>, shutdown: &Shutdown) {
    match judge(returned, shutdown.requested()) {
        (End::Failed, _) => shutdown.note_failure(),
        (End::Panicked, _) => shutdown.note_panic(),
        (End::Done | End::Code(_) | End::Cancelled, _) => {}
    }
}

/// Dropping what was thrown is user code again, and may throw: it is leaked.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> End {
    std::mem::forget(panic);
    End::Panicked
}
