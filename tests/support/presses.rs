use std::env;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// How many programs are watched at the same time. They mostly sleep.
const SIDE_BY_SIDE: u32 = 8;

/// Tries two presses of Ctrl-C at 40 moments, or as many as `APLOMB_MOMENTS` says, which are spread over this period.
/// `attempt` gets how long after a program's first sign of life the first press comes, and how long after that the
/// second: 120 to 300 ms, as people do.
///
/// # Panics
///
/// When an attempt panics.
pub fn two_presses(period: Duration, attempt: impl Fn(Duration, Duration) + Sync) {
    let moments = env::var("APLOMB_MOMENTS").ok();
    let moments = moments.map_or(40, |moments| moments.parse().expect("a number"));
    let next = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                loop {
                    let moment = next.fetch_add(1, Ordering::SeqCst);
                    if moment >= moments {
                        return;
                    }
                    // Neighbours differ in the second time, and each second time comes at many of the first.
                    let apart = Duration::from_millis(120 + u64::from(moment * 77 % 181));
                    attempt(period * moment / moments, apart);
                }
            });
        }
    });
}
