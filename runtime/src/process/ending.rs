//! The end of the children, at the end of the app.

use std::sync::Arc;
use std::time::Instant;

use super::entry::Entry;
use super::keeper::{present, ring};
use crate::report::{self, Stragglers};
use crate::shutdown::Shutdown;
use crate::sys;

/// The time that is left until a deadline has changed: children may have to be killed earlier.
pub(crate) fn deadlines_have_changed() {
    ring();
}

/// Ends the children of an app, or all: tells them, waits for them, and has those killed that do not end. Names those
/// that take long.
pub(crate) fn end_all(of: Option<&Shutdown>) {
    let Some(keeper) = present() else {
        return;
    };
    let is_due = |child: &Arc<Entry>| {
        let is_of_it = of.is_none_or(|app| child.origin.is_in(app));
        is_of_it && !child.outlives_us() && child.end().is_none()
    };
    let began = Instant::now();
    let mut stragglers = Stragglers::new();
    // Again, as long as there are any: a thread that goes on may have started one meanwhile.
    loop {
        let mut children = keeper.children().clone();
        children.retain(is_due);
        let Some(first) = children.first() else {
            return;
        };
        for child in &children {
            child.tell();
        }
        ring();
        let next = stragglers.next().saturating_sub(began.elapsed());
        sys::wait(&[first.over_event()], Some(next));
        if stragglers.are_due(began.elapsed()) {
            for child in &children {
                report::line(&format!("waiting for {child}"));
            }
        }
    }
}

/// Ends all, and no other is started.
pub(crate) fn end_for_good() {
    if let Some(keeper) = present() {
        keeper.close();
    }
    end_all(None);
}

/// Kills all children, here and now: the process is being ended by force.
pub(crate) fn kill_all() {
    let Some(keeper) = present() else {
        return;
    };
    for child in keeper.children().iter() {
        if !child.outlives_us() {
            child.kill();
        }
    }
}
