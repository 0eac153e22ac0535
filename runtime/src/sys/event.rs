//! Setting an event: what is the same on all systems.

use super::{Event, note_closed_descriptor};

impl Event {
    /// Sets the event. Where other code has closed it, the process ends.
    pub(crate) fn set(&self) {
        if !self.try_set() {
            note_closed_descriptor();
        }
    }
}
