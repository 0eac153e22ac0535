//! Tasks that wait until what masks them is over.
//!
//! A future that is polled inside a region sees no request there. Combinators poll only those of their futures that were
//! woken, so nobody may look at it again when the region has ended, unless that wakes it.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

use super::{context, gate};
use crate::sync::{Mutex, lock};
use crate::wake::wake_all;

/// The tasks that wait for one thing: the end of a slot's region, or until a scope opens.
///
/// The gate knows how many there are in all: while there is none, whoever leaves a shield does not look here.
#[derive(Debug, Default)]
pub(super) struct Watchers(Mutex<Vec<(u64, Waker)>>);

impl Watchers {
    fn insert(&self, id: u64, task: Waker) {
        let mut all = lock(&self.0);
        let known = all.iter_mut().find(|(known, _)| *known == id);
        let before = if let Some((_, known)) = known {
            Some(mem::replace(known, task))
        } else {
            all.push((id, task));
            // With the lock, so that no count comes after that of who takes it away.
            gate::note_watching(1);
            None
        };
        drop(all);
        drop(before); // Foreign code, without the lock.
    }

    fn remove(&self, id: u64) {
        let mut all = lock(&self.0);
        let position = all.iter().position(|(known, _)| *known == id);
        let task = position.map(|position| all.swap_remove(position));
        if task.is_some() {
            gate::note_watching_no_longer(1);
        }
        drop(all);
        drop(task); // Foreign code, without the lock.
    }

    pub(super) fn wake_all(&self) {
        let mut all = lock(&self.0);
        let tasks = mem::take(&mut *all);
        gate::note_watching_no_longer(tasks.len());
        drop(all);
        wake_all(tasks.into_iter().map(|(_, task)| task));
    }

    /// In a forked child: they are the parent's.
    pub(super) fn forget(&self) {
        mem::forget(mem::take(&mut *lock(&self.0)));
    }
}

/// A future's place among those that are woken at the end of a region, or when a scope opens; at most one. Dropping it gives the place up.
#[derive(Debug, Default)]
pub(crate) struct Watch(Option<(Arc<Watchers>, u64)>);

impl Watch {
    /// If what runs now is inside a shield, has the task woken when that is over. Whether it is.
    ///
    /// Whoever polls is inside, so the region cannot end meanwhile, and no end of it is missed.
    pub(crate) fn until_unmasked(&mut self, task: &Waker) -> bool {
        let slot = context::outermost();
        match slot {
            Some(slot) => self.wait_among(&slot.watchers, task),
            None => self.stop(),
        }
        slot.is_some()
    }

    /// Has the task woken together with these.
    pub(super) fn wait_among(&mut self, watchers: &Arc<Watchers>, task: &Waker) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        if let Some((known, _)) = &self.0 {
            if !Arc::ptr_eq(known, watchers) {
                self.stop();
            }
        }
        let (_, id) = self.0.get_or_insert_with(|| {
            // Relaxed: no two are the same, and nothing else follows from it.
            let id = NEXT.fetch_add(1, Ordering::Relaxed);
            (Arc::clone(watchers), id)
        });
        // Foreign code, without a lock.
        let task = task.clone();
        watchers.insert(*id, task);
    }

    /// Waits no longer.
    #[inline]
    pub(crate) fn stop(&mut self) {
        if self.0.is_some() {
            self.give_up();
        }
    }

    #[cold]
    fn give_up(&mut self) {
        if let Some((watchers, id)) = self.0.take() {
            watchers.remove(id);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop();
    }
}
