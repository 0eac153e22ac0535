//! Who is inside, and since when.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::slot::{Slot, slots};
use super::{ShieldInfo, gate};
use crate::sys::milliseconds;

/// All shields that are held now, by any thread.
pub(crate) fn pending() -> Vec<ShieldInfo> {
    slots().filter_map(Slot::info).collect()
}

/// From here on, a shield that is entered notes when.
pub(crate) fn note_times() {
    gate::note_times(true);
    for slot in slots() {
        slot.look();
    }
}

/// No longer: the app has ended, and the process goes on.
pub(crate) fn forget_times() {
    gate::note_times(false);
}

impl Slot {
    /// Starts its clock, if nobody has.
    fn look(&self) {
        if self.depth.load(Ordering::Acquire) > 0 {
            let now = milliseconds().max(1);
            let _ = self
                .since
                .compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    pub(super) fn info(&self) -> Option<ShieldInfo> {
        self.look();
        let (name, location) = self.site.read()?;
        let since = self.since.load(Ordering::Relaxed);
        if self.depth.load(Ordering::Acquire) == 0 {
            return None;
        }
        // Not known, if it was entered since `look`.
        let age = if since == 0 {
            Duration::ZERO
        } else {
            Duration::from_millis(milliseconds().saturating_sub(since))
        };
        Some(ShieldInfo::new(
            name,
            location,
            self.holder.to_string(),
            age,
        ))
    }
}
