//! Sleeping for nanoseconds: `ppoll(2)`. FreeBSD and OpenBSD have it as well; elsewhere the system or the `libc` crate
//! has none.

use std::ptr;
use std::time::Duration;

/// Sleeps until a descriptor is ready, or the time is up.
pub(in crate::sys::unix) fn poll(
    polled: &mut [libc::pollfd],
    timeout: Option<Duration>,
) -> libc::c_int {
    #[allow(
        clippy::unnecessary_fallible_conversions,
        reason = "a `long` has 32 bits on some systems; the nanoseconds fit there too"
    )]
    let timeout = timeout.map(|timeout| libc::timespec {
        // The type is not named: on musl `libc` warns of its name. What does not fit is longer than 68 years.
        tv_sec: timeout.as_secs().try_into().unwrap_or(i32::MAX.into()),
        tv_nsec: libc::c_long::try_from(timeout.subsec_nanos()).unwrap_or(0),
    });
    let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    let count = polled.len().try_into().unwrap_or(0);
    // SAFETY: the slice is valid for `count` entries, `timeout` is null or points to a timespec
    // that lives to the end of this function, and a null mask leaves the signal mask alone.
    unsafe { libc::ppoll(polled.as_mut_ptr(), count, timeout, ptr::null()) }
}
