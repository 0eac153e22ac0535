//! Who holds a shield, and since when.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::gate;
use super::holder::Role;
use super::slot::{Slot, in_picture, slots, words};
use crate::stragglers::{Age, Remark};
use crate::ticks::Moment;

/// A shield that is held: who holds it, where it was entered, and for how long it has been held.
/// [`Shutdown::held_shields`](crate::Shutdown::held_shields) returns these.
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
    role: Role,
    since: Moment,
    /// How old the shield was when this was made.
    age: Duration,
    /// What the line that names the shield tells, too.
    remark: Option<Arc<Remark>>,
}

impl ShieldInfo {
    /// Returns the shield that is held in this slot, if there is one.
    pub(super) fn of(slot: &Slot) -> Option<Self> {
        slot.start_clock();
        // The version is read before the site, so that it is not that of a later region.
        let remark = slot.remark(slot.site.version());
        let (name, location) = slot.site.read()?;
        // Relaxed: this is a time alone, in a message.
        let since = slot.since.load(Ordering::Relaxed);
        // The depth is read after the site: if the depth is 0, the site may be that of a region that has ended.
        // Acquire, so that the end is seen then.
        if slot.depth.load(Ordering::Acquire) == 0 {
            return None;
        }
        // The time is not known if this region was entered after the clock was started.
        let since = Moment::at(since).unwrap_or_else(Moment::now);
        Some(ShieldInfo {
            name,
            location,
            holder: slot.holder.to_string(),
            role: slot.holder.role(),
            since,
            age: since.elapsed(),
            remark,
        })
    }

    /// The name that the shield was given. A shield of `#[shielded]` has the name of the function.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The source file that the shield was entered in.
    #[must_use]
    pub fn file(&self) -> &str {
        self.location.file()
    }

    /// The line in that file.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// The place that the shield was entered at.
    pub(crate) fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// What the line that names the shield tells, too.
    pub(crate) fn remark(&self) -> Option<Arc<Remark>> {
        self.remark.clone()
    }

    /// Since when the shield has been held, at least.
    pub(crate) fn since(&self) -> Moment {
        self.since
    }

    /// The words that name the shield, without its age.
    pub(crate) fn who(&self) -> String {
        words(self.name, self.location, &self.holder)
    }

    /// The words for several that hold this shield.
    pub(crate) fn kind(&self) -> String {
        let (file, line) = (self.file(), self.line());
        format!("in shield `{}` ({file}:{line})", self.name)
    }

    /// What the picture of a stop calls the shield, if it is there.
    pub(crate) fn in_picture(&self) -> Option<String> {
        in_picture(self.name, self.location, self.role, &self.holder)
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
        write!(f, "{}, for {}", self.who(), Age(self.age))
    }
}

/// All shields that are held now, by threads and by tasks.
pub(crate) fn pending() -> Vec<ShieldInfo> {
    slots().filter_map(ShieldInfo::of).collect()
}

/// The shields that are held now, and that an exit would have to wait for.
pub(crate) fn in_the_way() -> Vec<ShieldInfo> {
    let slots = slots().filter(|slot| slot.blocks_exit());
    slots.filter_map(ShieldInfo::of).collect()
}

/// How many regions have begun so far, in any slot, and how many are held. One of the two changes with each that begins
/// or ends.
#[cfg(feature = "systemd")]
pub(crate) fn count_regions() -> (u64, usize) {
    slots().fold((0, 0), |(begun, held), slot| {
        // Relaxed: only what changes between two looks counts, and nothing that was done in a region is looked at.
        let is_inside = slot.depth.load(Ordering::Relaxed) > 0;
        (begun + slot.site.version(), held + usize::from(is_inside))
    })
}

/// Has whoever enters a shield from now on note the time. A shield that is held already gets the present time, if it
/// has none yet.
pub(crate) fn note_times() {
    // The gate comes first, and then the slots, so that a shield that begins in between notes its time. Since there is
    // no fence, one may still be missed. It gets its time at the next look.
    gate::note_times(true);
    for slot in slots() {
        slot.start_clock();
    }
}

/// Undoes [`note_times`]: the app has ended, and the process goes on.
pub(crate) fn forget_times() {
    gate::note_times(false);
}
