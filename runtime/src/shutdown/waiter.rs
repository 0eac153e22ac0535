//! One of the tasks that wait, as its future has it.

use std::task::Waker;

use super::waiters::{Key, Waiters};

/// A task that waits, and its place among the others. Dropping this gives the place up.
#[derive(Debug)]
pub(crate) struct Waiter<'a> {
    waiters: &'a Waiters,
    /// There once the task was registered.
    key: Option<Key>,
}

impl<'a> Waiter<'a> {
    pub(crate) fn new(waiters: &'a Waiters) -> Self {
        Waiter { waiters, key: None }
    }

    /// Has the task woken with the others; in this shard, where it has no place yet. Returns `false` if they were woken
    /// already: there is nothing to wait for.
    pub(crate) fn register(&mut self, shard: usize, waker: &Waker) -> bool {
        self.key = self.waiters.register(self.key, shard, waker);
        self.key.is_some()
    }

    /// Notes that what the task waits for has come. Its place goes with the list that is woken, and need not be given
    /// up: so thousands of tasks that are ready at the same moment do not take the locks once more.
    pub(crate) fn note_woken(&mut self) {
        self.key = None;
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.waiters.forget(key);
        }
    }
}
