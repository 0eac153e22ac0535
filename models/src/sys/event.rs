//! An event, which the kernel guards with a lock of its own.

use crate::sync::{Condvar, Mutex, lock};

#[derive(Debug)]
pub(crate) struct Event {
    is_set: Mutex<bool>,
    sleepers: Condvar,
}

impl Event {
    pub(crate) fn new() -> Self {
        Event {
            is_set: Mutex::new(false),
            sleepers: Condvar::new(),
        }
    }

    pub(crate) fn set(&self) {
        *lock(&self.is_set) = true;
        self.sleepers.notify_all();
    }

    pub(crate) fn clear(&self) {
        *lock(&self.is_set) = false;
    }

    pub(crate) fn is_set(&self) -> bool {
        *lock(&self.is_set)
    }

    /// Sleeps until it is set. Who is never told sleeps for ever, which loom calls a deadlock.
    pub(crate) fn wait(&self) {
        let mut is_set = lock(&self.is_set);
        while !*is_set {
            is_set = self.sleepers.wait(is_set).expect("nobody has panicked");
        }
    }
}
