//! The end of the children, at the end of the app. The rest of the library calls these functions, and of the other
//! files in this folder only `origin::set_time_left`.

use std::mem;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::handle::Waits;
use super::managed::Managed;
use super::supervisor::{close, present, ring};
use crate::shutdown::Shutdown;
use crate::stragglers::Straggler;
use crate::sync::lock;
use crate::sys::{self, PerProcess};
use crate::ticks::Moment;

/// The children that the exit waits for, and since when. A forked child waits for its own alone.
static AWAITED: PerProcess<Mutex<Awaited>> = PerProcess::new(Mutex::default);

type Awaited = Option<(Vec<Arc<Managed>>, Moment)>;

/// After this time it is looked whether another thread has started a child meanwhile.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Tells the supervisor that the time until a deadline has changed: children may have to be killed earlier.
pub(crate) fn deadlines_have_changed() {
    ring();
}

/// Ends the children of one app, or all children where `of` is `None`: asks them to end, and waits until they have. The
/// supervisor kills those that do not end in time.
pub(crate) fn end_all(of: Option<&Shutdown>) {
    let Some(supervisor) = present() else {
        return;
    };
    let is_due = |child: &Arc<Managed>| {
        let belongs = |app| child.origin.as_ref().is_some_and(|origin| origin.is(app));
        of.is_none_or(belongs) && !child.outlives_us() && !child.is_over()
    };
    let since = Moment::now();
    // The loop repeats until no children are left, since a thread that still runs may have started one meanwhile.
    loop {
        let mut children = supervisor.children();
        children.retain(is_due);
        let Some(first) = children.first().cloned() else {
            return note_awaited(None);
        };
        for child in &children {
            child.terminate();
        }
        // The bell rings after they were asked, since from now on the supervisor counts their time.
        ring();
        note_awaited(Some((children.clone(), since)));
        let waits = children.iter().map(|child| Waits::for_child(child));
        let _waits: Vec<_> = waits.collect();
        // Any one of the children may be waited for, since all of them have to end. Those that are started meanwhile
        // are asked when the time is up.
        sys::wait(&[first.over_event()], Some(LOOK_AGAIN));
    }
}

/// Notes which children the exit waits for.
fn note_awaited(children: Awaited) {
    // The lock is for the note only. Behind it the children of before are dropped, and with them wakers, which are
    // foreign code.
    let before = mem::replace(&mut *lock(&AWAITED), children);
    drop(before);
}

/// Returns whether there are children that the exit has to end.
pub(crate) fn are_there() -> bool {
    present().is_some_and(|supervisor| !supervisor.children().is_empty())
}

/// Names the children that the exit waits for.
pub(crate) fn stragglers() -> Vec<Straggler> {
    // The lock is held meanwhile, so that no child is dropped here: the listener comes here, and may drop no wakers.
    let awaited = lock(&AWAITED);
    let Some((children, since)) = &*awaited else {
        return Vec::new();
    };
    let alive = children.iter().filter(|child| !child.is_over());
    let named = alive.map(|child| {
        let kind = format!("children `{}`", child.name());
        Straggler::new(child, *since).one_of(kind)
    });
    named.collect()
}

/// Ends all children. From now on none is started.
pub(crate) fn end_for_good() {
    // The supervisor is closed first: a child that is started at this moment is then either in its list, or refused.
    close();
    if let Some(supervisor) = present() {
        supervisor.end_starts(Duration::from_millis(500));
    }
    end_all(None);
}

/// Kills all children at once, and waits for the end of none: the process is being ended by force. From now on none is
/// started.
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
    // An end by force comes at once, so this is no longer than most starts take.
    supervisor.end_starts(Duration::from_millis(50));
}
