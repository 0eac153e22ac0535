//! Wakers that say when they are called where they must not be.

use std::sync::Arc;
use std::task::{Wake, Waker};

use crate::sys::Event;

/// What a waker wakes: who sleeps on the event. Wakers are foreign code, which may do anything, so this one
/// does, when it is woken and when it is dropped: what it is given to do takes the lock that nobody may hold
/// meanwhile.
pub(crate) struct Alarm {
    pub(crate) event: Event,
    foreign: Box<dyn Fn() + Send + Sync>,
}

impl Alarm {
    pub(crate) fn new(foreign: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Alarm {
            event: Event::new(),
            foreign: Box::new(foreign),
        })
    }

    pub(crate) fn waker(self: &Arc<Self>) -> Waker {
        Waker::from(Arc::new(Wire(Arc::clone(self))))
    }

    /// Whether all its wakers are gone.
    pub(crate) fn is_forgotten(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) == 1
    }
}

/// What its wakers share.
struct Wire(Arc<Alarm>);

impl Wake for Wire {
    fn wake(self: Arc<Self>) {
        self.0.event.set();
        (self.0.foreign)();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            (self.0.foreign)();
        }
    }
}
