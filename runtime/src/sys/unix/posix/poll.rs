//! Sleeping for milliseconds: `poll(2)`.

use std::time::Duration;

/// Sleeps until a descriptor is ready, or the time is up.
pub(in crate::sys::unix) fn poll(
    polled: &mut [libc::pollfd],
    timeout: Option<Duration>,
) -> libc::c_int {
    // The time is rounded up, so that the end is never reported early.
    let timeout = timeout.map_or(-1, |timeout| {
        libc::c_int::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(libc::c_int::MAX)
    });
    let count = polled.len().try_into().unwrap_or(0);
    // SAFETY: the slice is valid for `count` entries.
    unsafe { libc::poll(polled.as_mut_ptr(), count, timeout) }
}
