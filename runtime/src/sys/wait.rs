//! Sleeping until something is ready: what is the same on all systems.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::ends_for_closed_descriptor;
use super::system::{Source, try_wait};

/// Sleeps until a source is ready, or the time is up. Returns the position of the first source that is ready.
///
/// This is for loops that look for themselves what has happened: it may return for nothing, as when a signal handler
/// has run on this thread. Where the wait fails, because foreign code has closed a descriptor of ours or the system has
/// no memory, this sleeps for a moment instead, so that the loop goes on and does not spin. In the first case the
/// process ends.
pub(crate) fn wait(sources: &[&dyn Source], timeout: Option<Duration>) -> Option<usize> {
    or_a_moment(try_wait(sources, timeout), timeout)
}

/// Returns what a wait has found. Where it has failed, this sleeps for a moment, but no longer than for the time that
/// was given.
pub(super) fn or_a_moment(
    waited: io::Result<Option<usize>>,
    timeout: Option<Duration>,
) -> Option<usize> {
    const MOMENT: Duration = Duration::from_millis(20);
    waited.unwrap_or_else(|_| {
        thread::sleep(timeout.map_or(MOMENT, |timeout| timeout.min(MOMENT)));
        None
    })
}

/// Sleeps until a source is ready, and goes on sleeping after a signal. Returns the position of the first source that
/// is ready, or `None` when the time is up.
///
/// # Errors
///
/// A descriptor is not open, or the system has no memory left. Where the descriptor is one of ours the process ends,
/// and this does not return.
pub(crate) fn wait_until_ready(
    sources: &[&dyn Source],
    timeout: Option<Duration>,
) -> io::Result<Option<usize>> {
    // A time that is too far away to be counted means for ever.
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let waited = try_wait(sources, left);
        while waited.is_err() && ends_for_closed_descriptor() {
            // Another thread ends the process. If this one went on, its error could end the app before.
            thread::park();
        }
        let ready = waited?;
        if ready.is_some() || end.is_some_and(|end| Instant::now() >= end) {
            return Ok(ready);
        }
    }
}
