//! What may be cancelled by dropping it, and the regions inside of it that must end first.
//!
//! A future that we may drop is polled in a scope. A region that begins there counts in it, and in those
//! around it, until it ends, wherever it has been moved to meanwhile. Combinators poll only those of
//! their futures that were woken, so what a poll sees is not enough to know what is held.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use super::context;
use super::wakers::Wakers;
use super::watch::Watch;
use crate::sync::lock;
use crate::wake::wake_all;

/// A future that may be dropped when nothing in it is held.
#[derive(Debug)]
pub(crate) struct Scope {
    held: AtomicUsize,
    /// Whether it is to be dropped.
    closing: AtomicBool,
    outer: Option<Arc<Scope>>,
    /// Who waits for the end of what is held.
    waiting: Mutex<Option<Waker>>,
    /// Who waits for the end of a shield of the thread, which holds back what is in here as well.
    watch: Mutex<Watch>,
    /// Who was turned away, until it opens again.
    watchers: Arc<Wakers>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Scope>>> = const { RefCell::new(None) };
}

fn swap_current(scope: Option<Arc<Scope>>) -> Option<Arc<Scope>> {
    let swapped = CURRENT.try_with(|current| current.replace(scope));
    swapped.unwrap_or(None)
}

impl Scope {
    /// One inside the scope that is polled now, if any is.
    pub(crate) fn new() -> Arc<Self> {
        let outer = CURRENT.try_with(|current| current.borrow().clone());
        Arc::new(Scope {
            held: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            outer: outer.unwrap_or(None),
            waiting: Mutex::new(None),
            watch: Mutex::default(),
            watchers: Arc::default(),
        })
    }

    /// It is to be dropped as soon as nothing in it is held. What goes from region to region would never let it
    /// be: so none begins any more unless another one is held, which may wait for it.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    /// Whether what would begin now is to be dropped instead, with a scope around it.
    pub(super) fn is_closed() -> bool {
        Self::find_closed().is_some()
    }

    /// Those who wait for a scope around what runs now that is to be dropped, and in which nothing is held.
    fn find_closed() -> Option<Arc<Wakers>> {
        let is_closed = |scope: &&Arc<Scope>| {
            scope.closing.load(Ordering::SeqCst) && scope.held.load(Ordering::SeqCst) == 0
        };
        let closed = CURRENT.try_with(|current| {
            let current = current.borrow();
            let closed = around(current.as_ref()).find(is_closed);
            closed.map(|scope| Arc::clone(&scope.watchers))
        });
        closed.unwrap_or(None)
    }

    /// As [`is_closed`](Self::is_closed). Should another one begin there nevertheless, which may wait for this one, or should the
    /// scope be given up, the task is woken.
    #[cold]
    pub(super) fn turns_away(watch: &mut Watch, task: &Waker) -> bool {
        let Some(watchers) = Self::find_closed() else {
            return false;
        };
        watch.wait_in(&watchers, task);
        // A region that was begun there may have been moved to another thread, and another one begin in it meanwhile.
        Self::is_closed()
    }

    /// Polls what is in it.
    pub(crate) fn enter<T>(self: &Arc<Self>, inside: impl FnOnce() -> T) -> T {
        struct Leave(Option<Arc<Scope>>);
        impl Drop for Leave {
            fn drop(&mut self) {
                swap_current(self.0.take());
            }
        }
        let _leave = Leave(swap_current(Some(Arc::clone(self))));
        inside()
    }

    /// Whether nothing in it is held, nor by the thread itself, whose guard a future that is not `Send` can hold across an
    /// await. If something is, who asks is woken when that ends.
    pub(crate) fn is_clear(&self, waker: &Waker) -> bool {
        // Not with a lock: cloning and dropping a waker is foreign code.
        let mut watch = std::mem::take(&mut *lock(&self.watch));
        if context::held_by_thread() {
            watch.until_unmasked(waker);
            *lock(&self.watch) = watch;
            return false;
        }
        drop(watch);
        if self.held.load(Ordering::SeqCst) == 0 {
            return true;
        }
        let before = lock(&self.waiting).replace(waker.clone());
        drop(before);
        // It may have ended before the waker was there to be woken.
        self.held.load(Ordering::SeqCst) == 0
    }
}

impl Drop for Scope {
    /// What was turned away there, and is polled elsewhere from here on, may begin.
    fn drop(&mut self) {
        if *self.closing.get_mut() {
            self.watchers.wake_all();
        }
    }
}

/// A region's part in the scopes that it has begun in.
#[derive(Debug)]
pub(super) struct Hold(Option<Arc<Scope>>);

impl Hold {
    /// In the scope that is polled now, if any is.
    pub(super) fn new() -> Self {
        let scope = CURRENT.try_with(|current| current.borrow().clone());
        let scope = scope.unwrap_or(None);
        for scope in around(scope.as_ref()) {
            let first = scope.held.fetch_add(1, Ordering::SeqCst) == 0;
            if first && scope.closing.load(Ordering::SeqCst) {
                // It is not closed any more for those that were turned away.
                scope.watchers.wake_all();
            }
        }
        Hold(scope)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        for scope in around(self.0.as_ref()) {
            if scope.held.fetch_sub(1, Ordering::SeqCst) == 1 {
                let mut waiting = lock(&scope.waiting);
                let waker = waiting.take();
                drop(waiting);
                wake_all(waker);
            }
        }
    }
}

/// The scope and those that it is in.
fn around(scope: Option<&Arc<Scope>>) -> impl Iterator<Item = &Arc<Scope>> {
    std::iter::successors(scope, |scope| scope.outer.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_those_around_it_too() {
        let outer = Scope::new();
        let (inner, hold) = outer.enter(|| {
            let inner = Scope::new();
            let hold = inner.enter(Hold::new);
            (inner, hold)
        });
        let beside = outer.enter(Scope::new);
        let waker = Waker::noop();
        assert!(!outer.is_clear(waker) && !inner.is_clear(waker) && beside.is_clear(waker));
        drop(hold);
        assert!(outer.is_clear(waker) && inner.is_clear(waker));
    }

    #[test]
    fn nothing_is_held_outside() {
        let scope = Scope::new();
        scope.enter(|| ());
        let _hold = Hold::new();
        assert!(scope.is_clear(Waker::noop()));
    }
}
