//! The queue of events: what other threads report to the listener, in the order in which they report it.
//!
//! Signals do not come through this queue. A handler can take no lock and can allocate nothing, so it notes its
//! decision in one atomic word (`signal/decision.rs`), which the listener reads beside the queue.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::lifecycle::Event;
use crate::signal::{Began, Inbox};
use crate::sync::lock;
use crate::sys::PerProcess;

/// The events that the [lifecycle](crate::lifecycle) has not seen yet.
///
/// Each [`Shutdown`](crate::Shutdown) handle has a queue. Where the handle belongs to no app, as in a test, no listener
/// reads the queue.
#[derive(Debug)]
pub(crate) struct Events {
    queue: Mutex<VecDeque<Event>>,
    /// Holds the event that the listener sleeps on.
    inbox: Arc<Inbox>,
}

/// The queue of the live app. In a forked child there is none.
static LIVE: PerProcess<Mutex<Option<Arc<Events>>>> = PerProcess::new(Mutex::default);

/// Makes a queue the one that [`note_panic`] writes to.
pub(crate) fn set_live(events: Option<Arc<Events>>) {
    *lock(&LIVE) = events;
}

/// Reports that code of the user's has panicked which we have called, where no caller learns of the panic.
///
/// The exit status of the live app becomes 101, and the app shuts down. Where no app is live, this does nothing.
pub(crate) fn note_panic() {
    // A separate statement: in the condition of the `if let` the guard would live until the end of the block, so the
    // lock would be held while the event is posted.
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

    /// Appends an event, and wakes the listener. In a forked child there is no listener, so nothing is noted.
    pub(crate) fn post(&self, event: Event) {
        if !self.inbox.is_home() {
            return;
        }
        let mut queue = lock(&self.queue);
        // Once is enough for what the listener has not seen yet. A handle without a listener keeps what it is told, and
        // so no more than there are events.
        if !queue.contains(&event) {
            queue.push_back(event);
        }
        drop(queue);
        // The event is in the queue before the listener is woken. In the other order the listener could look, find
        // nothing, and sleep with the event in the queue.
        self.inbox.tell_listener();
    }

    /// Takes the oldest event. Only the listener calls this.
    pub(crate) fn next(&self) -> Option<Event> {
        lock(&self.queue).pop_front()
    }

    /// Reports that code of the user's which we call beside the phases has returned an `Err`. The exit status becomes
    /// 1, and the app shuts down.
    pub(crate) fn note_failure(&self) {
        self.note(Event::CallbackFailed, Began::Failed);
    }

    /// Reports that code of the user's which we call beside the phases has panicked. The exit status becomes 101, and
    /// the app shuts down.
    pub(crate) fn note_panic(&self) {
        self.note(Event::CallbackPanicked, Began::Panicked);
    }

    fn note(&self, event: Event, why: Began) {
        // The event is posted before the shutdown begins. In the other order a short shutdown could be over, and the
        // exit status computed, before the listener reads the event.
        self.post(event);
        self.inbox.begin(why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_nobody_reads_does_not_grow() {
        let inbox = Inbox::new(false, 0).expect("there are descriptors");
        let events = Events::new(Arc::new(inbox));
        for _ in 0..1_000 {
            events.note_panic();
            events.post(Event::Asked(7));
        }
        let seen: Vec<_> = std::iter::from_fn(|| events.next()).collect();
        assert_eq!(seen, [Event::CallbackPanicked, Event::Asked(7)]);
    }
}
