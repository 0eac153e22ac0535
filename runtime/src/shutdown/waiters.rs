//! Those who await the cancellation: any number of tasks, on whichever executors.

use crate::sync::{Mutex, MutexGuard, lock};
use crate::wake::wake_all;
use std::task::Waker;

/// The wakers of all of them, in shards, so that many threads can register at once.
///
/// It knows no flag: a shard that has woken its own takes no more, so who registers either is woken or is
/// told that it is over.
#[derive(Debug)]
pub(crate) struct Waiters {
    shards: Box<[Shard]>,
}

/// On cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(Mutex<List>);

#[derive(Debug, Default)]
struct List {
    wakers: Vec<Option<Waker>>,
    vacant: Vec<usize>,
    over: bool,
}

/// A place in the list.
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

    /// Has the waker woken, in the place that it has already or in one of this shard. `None`: it is over.
    pub(crate) fn register(&self, key: Option<Key>, shard: usize, waker: &Waker) -> Option<Key> {
        let mut list = self.list(key.map_or(shard, |key| key.shard));
        if list.over {
            return None;
        }
        let replaced;
        let key = if let Some(key) = key {
            let known = &mut list.wakers[key.position];
            if known.as_ref().is_some_and(|known| known.will_wake(waker)) {
                return Some(key);
            }
            replaced = known.replace(waker.clone());
            key
        } else {
            replaced = None;
            let position = list.vacant.pop().unwrap_or(list.wakers.len());
            if position == list.wakers.len() {
                list.wakers.push(Some(waker.clone()));
            } else {
                list.wakers[position] = Some(waker.clone());
            }
            Key { shard, position }
        };
        // Dropping a waker is foreign code.
        drop(list);
        drop(replaced);
        Some(key)
    }

    /// Who has this place waits no longer.
    pub(crate) fn forget(&self, key: Key) {
        let mut list = self.list(key.shard);
        if list.over {
            return;
        }
        let waker = list.wakers[key.position].take();
        list.vacant.push(key.position);
        drop(list);
        drop(waker);
    }

    /// It is over: wakes all, and whoever comes later need not wait.
    pub(crate) fn wake_all(&self) {
        for shard in 0..self.shards.len() {
            let mut list = self.list(shard);
            list.over = true;
            let wakers = std::mem::take(&mut list.wakers);
            list.vacant = Vec::new();
            drop(list);
            wake_all(wakers.into_iter().flatten());
        }
    }
}
