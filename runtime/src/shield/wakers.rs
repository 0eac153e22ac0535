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
        // The list is locked until the waker is counted: whoever takes the waker away counts it down, which must come
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
        // Dropping a waker runs code of an executor, which may come back here. So the lock is given back before.
        drop(before);
    }

    /// Gives the place of that number up, if there is one.
    pub(super) fn remove(&self, id: u64) {
        // The list is locked while the waker is counted down, as in `insert`.
        let mut all = lock(&self.0);
        let position = all.iter().position(|(known, _)| *known == id);
        let waker = position.map(|position| all.swap_remove(position));
        if waker.is_some() {
            gate::remove_waiting_tasks(1);
        }
        drop(all);
        // Dropping a waker runs code of an executor, so the lock is given back before.
        drop(waker);
    }

    /// Wakes all, and gives their places up.
    pub(super) fn wake_all(&self) {
        // The list is locked while the wakers are counted down, as in `insert`.
        let mut all = lock(&self.0);
        let wakers = mem::take(&mut *all);
        gate::remove_waiting_tasks(wakers.len());
        drop(all);
        // Waking runs code of executors, so the lock is given back before.
        wake_all(wakers.into_iter().map(|(_, waker)| waker));
    }
}
