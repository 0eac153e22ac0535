//! Ends by a signal.

use std::os::unix::process::ExitStatusExt;

use nix::sys::signal::Signal;

use crate::Output;

/// What there is on Unix alone.
impl Output {
    /// The number of the signal that has ended the program, if one has.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        self.status().signal()
    }

    /// Checks that this signal has ended the program: `WIFSIGNALED`, and not an exit code that looks like it, such as
    /// 143.
    ///
    /// # Panics
    ///
    /// When the program has exited, or another signal has ended it.
    #[expect(
        clippy::must_use_candidate,
        reason = "who wants no other check leaves what this returns"
    )]
    #[track_caller]
    pub fn assert_signal(&self, signal: Signal) -> &Self {
        self.assert(
            self.status().signal() == Some(signal as i32),
            &format!("an end by {signal} was expected"),
        )
    }
}
