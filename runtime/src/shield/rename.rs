//! A region that is one thing after the other, and says which.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use super::mask;
use super::region::Site;
use super::slot::SLOT;
use crate::sys::milliseconds;

/// From now on the region that runs now, of a task or of this thread, is called so, and its age counts from here.
///
/// To a barrier that waits for what was held at one moment it would be another region from here on. So this is for the
/// app's own, `start` and `stop`, during which there is none.
pub(crate) fn rename(site: Site) {
    let mut slot = SLOT.with(Cell::get);
    mask::for_each_polled(|innermost| slot = Some(innermost));
    let held = slot.filter(|slot| slot.depth.load(Ordering::Relaxed) > 0);
    if let Some(slot) = held {
        slot.site.write(site.name, site.location);
        slot.since.store(milliseconds().max(1), Ordering::Relaxed);
    }
}
