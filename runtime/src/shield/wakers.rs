//! The wakers of tasks that wait for one thing: the end of a slot's region, or the opening of a scope.

use std::mem;
use std::task::Waker;

use super::gate;
use crate::sync::{Mutex, lock};
use crate::wake::wake_all;

/// A list of wakers, each with the number that its [`Watch`](super::Watch) has.
///
/// The gate counts the wakers of all lists: while there is none, the end of a region does not look here.
#[derive(Debug, Default)]
pub(super) struct Wakers(Mutex<Vec<(u64, Waker)>>);

impl Wakers {
    /// Puts the waker in the place of that number.
    pub(super) fn insert(&self, id: u64, waker: Waker) {
        // Locked until the waker is counted: whoever takes it away counts it down, which must come
        // later.
        let mut all = lock(&self.0);
        let known = all.iter_mut().find(|(known, _)| *known == id);
        let before = if let Some((_, known)) = known {
            Some(mem::replace(known, waker))
        } else {
            all.push((id, waker));
            gate::add_waiting_tasks(1);
            None
        };
        drop(all);
        // Dropping a waker is code of an executor, which may come back here: so without the lock.
        drop(before);
    }

    /// Gives the place of that number up, if there is one.
    pub(super) fn remove(&self, id: u64) {
        // Locked while it is counted, as in `insert`.
        let mut all = lock(&self.0);
        let position = all.iter().position(|(known, _)| *known == id);
        let waker = position.map(|position| all.swap_remove(position));
        if waker.is_some() {
            gate::remove_waiting_tasks(1);
        }
        drop(all);
        // Code of an executor: without the lock.
        drop(waker);
    }

    /// Wakes all, and gives their places up.
    pub(super) fn wake_all(&self) {
        // Locked while they are counted, as in `insert`.
        let mut all = lock(&self.0);
        let wakers = mem::take(&mut *all);
        gate::remove_waiting_tasks(wakers.len());
        drop(all);
        // Code of executors: without the lock.
        wake_all(wakers.into_iter().map(|(_, waker)| waker));
    }

    /// In a forked child: leaks the wakers, which are the parent's. Dropping one is code of the
    /// parent's executor.
    pub(super) fn forget(&self) {
        // Locked by a thread of the parent only if the fork came between two of its instructions.
        mem::forget(mem::take(&mut *lock(&self.0)));
    }
}
