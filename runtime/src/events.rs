//! What the listener has to learn, beside what signal handlers decide in their word: one queue, in the order in which it has
//! happened.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::lifecycle::Event;
use crate::signal::Began;
use crate::signal::Inbox;
use crate::sync::lock;

/// The events that the [lifecycle](crate::lifecycle) has not seen yet. Each handle has a queue; one that belongs to no app
/// has nobody who reads it.
#[derive(Debug)]
pub(crate) struct Events {
    queue: Mutex<VecDeque<Event>>,
    /// Where the listener sleeps.
    inbox: Arc<Inbox>,
}

/// Those of the live app.
static LIVE: Mutex<Option<Arc<Events>>> = Mutex::new(None);

pub(crate) fn set_live(events: Option<Arc<Events>>) {
    *lock(&LIVE) = events;
}

/// Code of the user's has panicked that we have called, and nobody else hears of it. Without an app nothing follows from that.
pub(crate) fn note_panic() {
    // Not in the condition, where the lock would be held meanwhile.
    let live = lock(&LIVE).clone();
    if let Some(events) = live {
        events.note_panic();
    }
}

impl Events {
    pub(crate) fn new(inbox: Arc<Inbox>) -> Self {
        Events {
            queue: Mutex::default(),
            inbox,
        }
    }

    /// Has the listener learn it.
    pub(crate) fn post(&self, event: Event) {
        lock(&self.queue).push_back(event);
        // After it is there to be found.
        self.inbox.tell_listener();
    }

    /// For the listener: the first that it has not seen.
    pub(crate) fn next(&self) -> Option<Event> {
        lock(&self.queue).pop_front()
    }

    /// Code of the user's that we have called beside the phases has returned an `Err`: the exit status tells, and the app
    /// shuts down.
    pub(crate) fn note_failure(&self) {
        self.note(Event::CallbackFailed, Began::Failed);
    }

    /// Code of the user's that we have called beside the phases has panicked: the exit status tells, and the app shuts down.
    pub(crate) fn note_panic(&self) {
        self.note(Event::CallbackPanicked, Began::Panicked);
    }

    fn note(&self, event: Event, why: Began) {
        // Before the shutdown begins: what follows from that must not be over before the event is known.
        self.post(event);
        self.inbox.begin(why);
    }
}
