use std::thread;
use std::time::Duration;

/// Signals that come closer together than this are one request.
pub const DEBOUNCE: Duration = Duration::from_millis(100);

/// Lets the debounce window pass. Call it once the program has said that the signal before
/// was accepted; the margin is for clocks that are read in different places.
pub fn pause_past_debounce() {
    thread::sleep(DEBOUNCE + Duration::from_millis(15));
}
