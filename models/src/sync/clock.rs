//! A clock that stands still until somebody sleeps in vain.

use std::cell::Cell;
use std::time::Duration;

std::thread_local! {
    /// Of all threads of a model, which are one to the system.
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// A point in time. Only what lies between two of them is looked at, so the clock need not be put back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Self {
        Instant(NOW.get())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        NOW.get().saturating_sub(self.0)
    }
}

/// That much time passes.
pub(crate) fn pass(time: Duration) {
    NOW.set(NOW.get() + time);
}
