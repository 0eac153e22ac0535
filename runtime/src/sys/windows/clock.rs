//! The clock (`QueryPerformanceCounter`). `GetTickCount64` counts in steps of 16 ms, which is coarse beside the 100 ms
//! of a request.

use windows_sys::Win32::System::Performance::{QueryPerformanceCounter, QueryPerformanceFrequency};

/// Returns the milliseconds of the monotonic clock.
pub(crate) fn milliseconds() -> u64 {
    let (mut ticks, mut per_second) = (0, 0);
    // SAFETY: the pointers are valid for writing a number each. Neither call fails since Windows XP, says their page.
    unsafe {
        QueryPerformanceCounter(&raw mut ticks);
        QueryPerformanceFrequency(&raw mut per_second);
    }
    let (ticks, per_second) = (i128::from(ticks), i128::from(per_second).max(1));
    u64::try_from(ticks * 1_000 / per_second).unwrap_or(0)
}
