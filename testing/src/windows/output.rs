//! Ends by an event of the console.

use windows_sys::Win32::Foundation::STATUS_CONTROL_C_EXIT;

use super::capability::is_wine;
use crate::{Output, Signal};

impl Output {
    /// Whether an event of the console has ended the program. That status is the same for all of them.
    #[must_use]
    pub fn died_by(&self, _: Signal) -> bool {
        self.code() == Some(STATUS_CONTROL_C_EXIT)
    }

    /// Whether the system has ended the program, since nobody handled the event. Wine has the code 0 for that.
    #[must_use]
    pub fn died_by_default(&self, signal: Signal) -> bool {
        self.died_by(signal) || is_wine() && self.code() == Some(0)
    }
}
