//! The end of the children, at the end of the app. These functions are what the rest of the library calls of the room.

use std::sync::Arc;
use std::time::Instant;

use super::managed::Managed;
use super::supervisor::{close, present, ring};
use crate::report::{self, Stragglers};
use crate::shutdown::Shutdown;
use crate::sys;

/// The time that is left until a deadline has changed: children may have to be killed earlier.
pub(crate) fn deadlines_have_changed() {
    ring();
}

/// Ends the children of an app, or of all apps and of none: asks them to end, and waits until they have. The supervisor kills those
/// that do not end in time. Children that take long are named.
pub(crate) fn end_all(of: Option<&Shutdown>) {
    let Some(supervisor) = present() else {
        return;
    };
    let is_due = |child: &Arc<Managed>| {
        let belongs = |app| child.origin.as_ref().is_some_and(|origin| origin.is(app));
        of.is_none_or(belongs) && !child.outlives_us() && !child.is_over()
    };
    let began = Instant::now();
    let mut stragglers = Stragglers::new();
    // Again and again, until there are none: a thread that goes on may have started one meanwhile.
    loop {
        let mut children = supervisor.children();
        children.retain(is_due);
        let Some(first) = children.first() else {
            return;
        };
        for child in &children {
            child.terminate();
        }
        // After they were asked: from now on the supervisor counts their time.
        ring();
        // Any one of them will do, since all have to end.
        let next = stragglers.next().saturating_sub(began.elapsed());
        sys::wait(&[first.over_event()], Some(next));
        if stragglers.are_due(began.elapsed()) {
            for child in &children {
                report::line(&format!("waiting for {child}"));
            }
        }
    }
}

/// Ends all children. From now on none is started.
pub(crate) fn end_for_good() {
    // First: a child that is started at this moment is then either in the supervisor's list, or refused.
    close();
    end_all(None);
}

/// Kills all children at once, and waits for none: the process is being ended by force. From now on none is started.
pub(crate) fn kill_all() {
    // First: a child that another thread starts at this moment is then either killed here, or refused.
    close();
    let Some(supervisor) = present() else {
        return;
    };
    for child in supervisor.children() {
        if !child.outlives_us() {
            child.kill();
        }
    }
}
