//! Ends by a signal.

use std::os::unix::process::ExitStatusExt;

use crate::{Output, Signal};

/// What there is on Unix alone.
impl Output {
    /// The number of the signal that has ended the program, if one has.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        self.status().signal()
    }

    /// Whether this signal has ended the program: `WIFSIGNALED`, and not an exit code that looks like it, such as 143.
    #[must_use]
    pub fn died_by(&self, signal: Signal) -> bool {
        self.signal() == Some(signal as i32)
    }

    /// Whether the default action of this signal has ended the program.
    #[must_use]
    pub fn died_by_default(&self, signal: Signal) -> bool {
        self.died_by(signal)
    }
}
