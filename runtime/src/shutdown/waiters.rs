//! The tasks that wait for something that comes once, on whichever executors: the cancellation, the request, a later
//! phase, the end of a child.
//!
//! What they wait for can come at any moment, from any thread, and each task that waits must be woken. So a list
//! carries its own mark that it was woken, behind the same lock as its wakers: a task that registers either is in the
//! list when the list is taken, or finds the mark and does not wait. A flag outside of the lock would leave a gap
//! between the two.

use crate::sync::{Mutex, MutexGuard, lock};
use crate::wake::wake_all;
use std::task::Waker;

/// The wakers of all tasks that wait. They are spread over several lists (shards), each behind a lock of its own, so
/// that threads which poll at the same time rarely meet at one.
#[derive(Debug)]
pub(crate) struct Waiters {
    shards: Box<[Shard]>,
}

/// A list on cache lines of its own: 128 bytes, since some processors fetch lines in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(Mutex<List>);

#[derive(Debug, Default)]
struct List {
    /// The wakers, each at the position in its key.
    wakers: Vec<Option<Waker>>,
    /// The positions that are free.
    vacant: Vec<usize>,
    /// Whether the tasks were woken. No task registers any more.
    closed: bool,
}

/// The place of a waker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    shard: usize,
    position: usize,
}

impl Waiters {
    pub(crate) fn new(shards: usize) -> Self {
        Waiters {
            shards: (0..shards).map(|_| Shard::default()).collect(),
        }
    }

    fn list(&self, shard: usize) -> MutexGuard<'_, List> {
        let Shard(list) = &self.shards[shard];
        lock(list)
    }

    /// Has a task woken with the others. `key` is the place that the task has already; without one it gets a place in
    /// this shard. Returns `None` if the tasks were woken already: there is nothing to wait for.
    pub(crate) fn register(&self, key: Option<Key>, shard: usize, waker: &Waker) -> Option<Key> {
        if let Some(key) = key {
            let list = self.list(key.shard);
            let known = list.wakers.get(key.position).and_then(Option::as_ref);
            if known.is_some_and(|known| known.will_wake(waker)) {
                return Some(key);
            }
        }
        // Cloning and dropping a waker runs code of its executor, which may come back here. So neither is done under
        // the lock. The place is the caller's, and stays so meanwhile.
        let waker = waker.clone();
        let mut list = self.list(key.map_or(shard, |key| key.shard));
        if list.closed {
            drop(list);
            return None;
        }
        let key = key.unwrap_or_else(|| {
            let position = list.vacant.pop().unwrap_or_else(|| {
                list.wakers.push(None);
                list.wakers.len() - 1
            });
            Key { shard, position }
        });
        let replaced = list.wakers[key.position].replace(waker);
        drop(list);
        drop(replaced);
        Some(key)
    }

    /// Gives a place up: its task waits no longer.
    pub(crate) fn forget(&self, key: Key) {
        let mut list = self.list(key.shard);
        if list.closed {
            return;
        }
        let waker = list.wakers[key.position].take();
        list.vacant.push(key.position);
        drop(list);
        drop(waker);
    }

    /// Wakes all tasks. A task that comes later need not wait.
    pub(crate) fn wake_all(&self) {
        for shard in 0..self.shards.len() {
            self.wake_shard(shard);
        }
    }

    /// Wakes the tasks of one list. A task that comes to this one later need not wait.
    pub(crate) fn wake_shard(&self, shard: usize) {
        let mut list = self.list(shard);
        list.closed = true;
        let wakers = std::mem::take(&mut list.wakers);
        list.vacant = Vec::new();
        // Waking a task runs code of its executor, which may come back here. So the lock is released first.
        drop(list);
        wake_all(wakers.into_iter().flatten());
    }
}
