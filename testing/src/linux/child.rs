//! What the kernel knows of a program that runs.

use super::Process;
use crate::Child;

/// What there is on Linux alone.
impl Child {
    /// The kernel's view of the process that signals go to.
    #[must_use]
    pub fn process(&self) -> Process {
        Process::of(self.pid())
    }
}
