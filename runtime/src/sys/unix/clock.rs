//! The clock that a handler may read: `clock_gettime(2)`. All systems have it.

use std::mem::MaybeUninit;

/// Returns the milliseconds of the monotonic clock. Async-signal-safe, which nobody says of `Instant::now`.
pub(crate) fn milliseconds() -> u64 {
    let (seconds, nanoseconds) = now();
    seconds * 1_000 + nanoseconds / 1_000_000
}

/// Returns the microseconds of the monotonic clock.
#[cfg(feature = "systemd")]
pub(crate) fn microseconds() -> u64 {
    let (seconds, nanoseconds) = now();
    seconds * 1_000_000 + nanoseconds / 1_000
}

/// Returns the time of the monotonic clock in seconds, and in nanoseconds what is left. Async-signal-safe.
fn now() -> (u64, u64) {
    let mut now = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: the pointer is valid for writing a timespec; CLOCK_MONOTONIC exists everywhere.
    // All zeroes are a timespec too, should the call fail.
    let now = unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, now.as_mut_ptr());
        now.assume_init()
    };
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(now.tv_nsec).unwrap_or(0);
    (seconds, nanoseconds)
}
