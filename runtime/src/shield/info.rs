//! Who holds a shield, and since when.

use std::fmt;
use std::panic::Location;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::gate;
use super::slot::{Slot, slots};
use crate::sys::milliseconds;

/// A shield that is held: who, where, since when. From
/// [`Shutdown::held_shields`](crate::Shutdown::held_shields).
///
/// ```
/// # let shutdown = aplomb::Shutdown::new();
/// let _shield = aplomb::shield("commit");
/// let held = &shutdown.held_shields()[0];
/// assert_eq!(held.name(), "commit");
/// println!("in {} at line {}, by {}, for {:?}", held.file(), held.line(), held.holder(), held.age());
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShieldInfo {
    name: &'static str,
    location: &'static Location<'static>,
    holder: String,
    age: Duration,
}

impl ShieldInfo {
    /// What is held in this slot.
    pub(super) fn of(slot: &Slot) -> Option<Self> {
        slot.start_clock();
        let (name, location) = slot.site.read()?;
        // Relaxed: a time alone, in a message.
        let since = slot.since.load(Ordering::Relaxed);
        // After the site was read, which is that of an ended region if the depth is 0. Acquire, so that
        // it is seen then.
        if slot.depth.load(Ordering::Acquire) == 0 {
            return None;
        }
        // Not known, if this region was entered after the clock was started.
        let age = if since == 0 {
            Duration::ZERO
        } else {
            Duration::from_millis(milliseconds().saturating_sub(since))
        };
        Some(ShieldInfo {
            name,
            location,
            holder: slot.holder.to_string(),
            age,
        })
    }

    /// The name that the shield was given: a function's, where it is from `#[shielded]`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The source file that the shield was entered in.
    #[must_use]
    pub fn file(&self) -> &str {
        self.location.file()
    }

    /// The line there.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// Whose shield this is: ``thread `worker` ``, or the thread's id where it has no name; ``task 17``
    /// with the id that tokio gave it, or `a task`, on another executor.
    #[must_use]
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// For how long the shield has been held, at least.
    ///
    /// This is exact for a shield that was entered after the request. One that was entered
    /// before did not look at a clock, which would have cost more than all the rest: its age
    /// counts from the first time that somebody looked, the listener at the request at the
    /// latest.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.age
    }
}

impl fmt::Display for ShieldInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` ({}:{}) in {}, for {}.{} s",
            self.name,
            self.file(),
            self.line(),
            self.holder,
            self.age.as_secs(),
            self.age.subsec_millis() / 100
        )
    }
}

/// All shields that are held now, by threads and by tasks.
pub(crate) fn pending() -> Vec<ShieldInfo> {
    slots().filter_map(ShieldInfo::of).collect()
}

/// From now on, whoever enters a shield notes the time; for those that are held already this is the
/// time.
pub(crate) fn note_times() {
    // First the gate, then the slots: a shield that begins in between notes its time. Without a fence
    // one may still be missed; its time is that of the next look.
    gate::note_times(true);
    for slot in slots() {
        slot.start_clock();
    }
}

/// Undoes [`note_times`]: the app has ended, and the process goes on.
pub(crate) fn forget_times() {
    gate::note_times(false);
}
