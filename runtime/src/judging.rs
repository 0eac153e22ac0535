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

/// The same for a function that a signal has called: what is not well there ends the app, too.
pub(crate) fn note_callback(returned: thread::Result<Result<(), Failure>>, shutdown: &Shutdown) {
    match judge(returned, shutdown.requested()) {
        (End::Failed, _) => shutdown.note_failure(),
        (End::Panicked, _) => shutdown.note_panic(),
        (End::Done | End::Code(_) | End::Cancelled, _) => {}
    }
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
