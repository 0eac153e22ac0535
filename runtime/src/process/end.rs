//! The end of the children, at the end of the app. The rest of the library calls these functions, and of the other
//! files in this folder only `origin::set_time_left`.

use std::sync::Arc;
use std::time::Instant;

use super::managed::Managed;
use super::supervisor::{close, present, ring};
use crate::report::{self, Stragglers};
use crate::shutdown::Shutdown;
use crate::sys;

/// Tells the supervisor that the time until a deadline has changed: children may have to be killed earlier.
pub(crate) fn deadlines_have_changed() {
    ring();
}

/// Ends the children of one app, or all children where `of` is `None`: asks them to end, and waits until they have. The
/// supervisor kills those that do not end in time. Children that take long are named.
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
    // The loop repeats until no children are left, since a thread that still runs may have started one meanwhile.
    loop {
        let mut children = supervisor.children();
        children.retain(is_due);
        let Some(first) = children.first() else {
            return;
        };
        for child in &children {
            child.terminate();
        }
        // The bell rings after they were asked, since from now on the supervisor counts their time.
        ring();
        // Any one of the children may be waited for, since all of them have to end.
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
    // The supervisor is closed first: a child that is started at this moment is then either in its list, or refused.
    close();
    end_all(None);
}

/// Kills all children at once, and waits for none: the process is being ended by force. From now on none is started.
pub(crate) fn kill_all() {
    // The supervisor is closed first: a child that another thread starts at this moment is then either killed here, or
    // refused.
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
