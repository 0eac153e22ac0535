//! Time in the tests: the pauses that the contract itself names, and how its limits are held
//! on a machine that has other things to do.

use std::thread;
use std::time::{Duration, Instant};

/// How long any one thing may take before it counts as hung. No promise is measured by it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Signals that come closer together than this are one request.
pub const DEBOUNCE: Duration = Duration::from_millis(100);

/// How long a test looks whether something happens that must not.
pub const A_WHILE: Duration = Duration::from_millis(200);

/// Lets the debounce window pass. Call it once the program has said that the signal before
/// was accepted; the margin is for clocks that are read in different places.
pub fn pause_past_debounce() {
    thread::sleep(DEBOUNCE + Duration::from_millis(15));
}

/// Holds a limit of the contract: the best of three attempts must keep it.
///
/// An attempt is a process of its own, and it checks everything else by itself each time. A
/// product that is too slow is so three times; a machine that was busy elsewhere is not.
///
/// # Panics
/// When no attempt kept the limit.
pub fn best_of_three(limit: Duration, mut attempt: impl FnMut() -> Duration) {
    let mut seen = Vec::new();
    for _ in 0..3 {
        let took = attempt();
        if took <= limit {
            return;
        }
        seen.push(took);
    }
    panic!("the limit of {limit:?} was missed three times: {seen:?}");
}

/// Waits for what can only be looked at (the kernel's view of a process), giving the
/// processor away between looks.
///
/// # Panics
/// When it has not come to be after [`PATIENCE`].
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::yield_now();
    }
}
