//! Waiting for what can only be looked at, and limits of time on a machine that has other things to do.

use std::thread;
use std::time::{Duration, Instant};

/// How long a wait may take before the test fails, where [`Command::timeout`](crate::Command::timeout) says nothing
/// else: 20 seconds.
///
/// No promise of a program is measured by it. A test that passes does not wait that long.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

/// Waits until `condition` is true, for what can only be looked at, such as the kernel's view of a process. Between two
/// looks it gives the processor to others.
///
/// `what` completes the sentence "waited in vain until …".
///
/// # Panics
///
/// When the condition is still false after [`DEFAULT_TIMEOUT`].
#[track_caller]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(
            since.elapsed() < DEFAULT_TIMEOUT,
            "waited in vain until {what}"
        );
        thread::yield_now();
    }
}

/// Checks a limit of time: the best of so many attempts must keep it.
///
/// `attempt` does the whole of it anew, with a process of its own, and returns how long the part took that the limit is
/// about. No attempt follows one that has kept the limit. A program that is too slow is so every time; a machine that
/// was busy with something else is not.
///
/// # Panics
///
/// When no attempt kept the limit.
#[track_caller]
pub fn assert_best_of(attempts: u32, limit: Duration, mut attempt: impl FnMut() -> Duration) {
    let mut times = Vec::new();
    for _ in 0..attempts {
        let time = attempt();
        if time <= limit {
            return;
        }
        times.push(time);
    }
    panic!("no attempt kept the limit of {limit:?}: {times:?}");
}
