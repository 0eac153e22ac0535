//! Futures that we may drop in order to cancel them, and the regions inside of them that must end first.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use super::context::{self, Shields};
use super::wakers::Wakers;
use super::watch::Watch;
use crate::sync::{forks, lock};
use crate::wake::wake_all;

/// A scope: a future that we may drop is polled in it. The future may be dropped when the scope is
/// [clear](Self::is_clear).
///
/// A region that begins in a scope counts there, and in the scopes around it, until it ends, wherever it has been moved
/// to meanwhile. It would not be enough to see whether a poll is inside a region: combinators poll only those of their
/// futures that were woken, and a future that is not polled may hold a region.
#[derive(Debug)]
pub(crate) struct Scope {
    /// How many regions count here.
    held: AtomicUsize,
    /// Whether the future is to be dropped.
    closing: AtomicBool,
    /// The [`forks`] of the process that polls the future. Nobody drops it in a forked child, so no region is turned
    /// away there.
    forks: u32,
    outer: Option<Arc<Scope>>,
    /// The waker of the task that wants to drop the future. It is woken when `held` is 0 again.
    waiting: Mutex<Option<Waker>>,
    /// The place of that task in the list of the thread's slot. A shield of the thread keeps the future
    /// from being dropped, too.
    watch: Mutex<Watch>,
    /// The tasks of regions that were not let in, until the scope opens again.
    turned_away: Arc<Wakers>,
}

thread_local! {
    /// The innermost scope that is polled on this thread.
    static CURRENT: RefCell<Option<Arc<Scope>>> = const { RefCell::new(None) };
}

fn current() -> Option<Arc<Scope>> {
    // In a thread's last destructors there is no current scope any more.
    let current = CURRENT.try_with(|current| current.borrow().clone());
    current.unwrap_or(None)
}

fn swap_current(scope: Option<Arc<Scope>>) -> Option<Arc<Scope>> {
    let swapped = CURRENT.try_with(|current| current.replace(scope));
    swapped.unwrap_or(None)
}

/// Returns a scope and those around it, from the inside out.
fn with_outer(scope: Option<&Arc<Scope>>) -> impl Iterator<Item = &Arc<Scope>> {
    std::iter::successors(scope, |scope| scope.outer.as_ref())
}

impl Scope {
    /// Makes a scope inside the one that is polled now, if there is one.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Scope {
            held: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            forks: forks(),
            outer: current(),
            waiting: Mutex::new(None),
            watch: Mutex::default(),
            turned_away: Arc::default(),
        })
    }

    /// Says that the future is to be dropped as soon as the scope is clear. A future that goes from region to region
    /// would never let the scope become clear. So from now on no region begins there, unless another one is held in the
    /// scope, which may wait for it.
    pub(crate) fn close(&self) {
        // SeqCst: see `Hold::new`.
        self.closing.store(true, Ordering::SeqCst);
    }

    /// Returns the list of those that were turned away at a scope around what runs now, if one of these scopes is
    /// closed.
    fn find_closed() -> Option<Arc<Wakers>> {
        let is_closed = |scope: &&Arc<Scope>| {
            // SeqCst: see `Hold::new`.
            scope.closing.load(Ordering::SeqCst)
                && scope.held.load(Ordering::SeqCst) == 0
                && scope.forks == forks()
        };
        let closed = CURRENT.try_with(|current| {
            let current = current.borrow();
            let closed = with_outer(current.as_ref()).find(is_closed);
            closed.map(|scope| Arc::clone(&scope.turned_away))
        });
        closed.unwrap_or(None)
    }

    /// Returns whether a region that would begin now is not let in, because of a closed scope around it. If so, the
    /// waker is woken when another region begins there nevertheless, since that one may wait for this one. It is also
    /// woken when the scope is dropped.
    pub(super) fn turns_away(watch: &mut Watch, waker: &Waker) -> bool {
        let Some(turned_away) = Self::find_closed() else {
            return false;
        };
        // Inside another region this one may begin, since that one may wait for it. The region of `start` does not:
        // there it is an unmasked handle that wants to drop the future.
        if context::held(Shields::AllButStart) {
            return false;
        }
        watch.wait_in(&turned_away, waker);
        // This looks once more, now that the waker is in the list. A region of the scope that was moved to another
        // thread may have begun another one there meanwhile, and have found nobody to wake.
        Self::find_closed().is_some()
    }

    /// Calls the function, which polls the future, inside this scope.
    pub(crate) fn enter<T>(self: &Arc<Self>, poll: impl FnOnce() -> T) -> T {
        struct Leave(Option<Arc<Scope>>);
        impl Drop for Leave {
            fn drop(&mut self) {
                swap_current(self.0.take());
            }
        }
        let _leave = Leave(swap_current(Some(Arc::clone(self))));
        poll()
    }

    /// Returns whether the future may be dropped: no region counts here, and the thread holds no shield. (A future that
    /// is not `Send` can hold a thread's guard across an await.) If not, the waker is woken when that has ended.
    pub(crate) fn is_clear(&self, waker: &Waker) -> bool {
        // The watch is taken out of the lock, since cloning and dropping a waker runs code of an executor.
        let mut watch = std::mem::take(&mut *lock(&self.watch));
        if context::held_by_thread() {
            watch.until_unmasked(Shields::All, waker);
            *lock(&self.watch) = watch;
            return false;
        }
        drop(watch);
        // SeqCst as for all accesses of `held`. This one needs to acquire: the future is dropped after all that was
        // done in the regions.
        if self.held.load(Ordering::SeqCst) == 0 {
            return true;
        }
        let waker = waker.clone();
        // The lock is held for this one step. The waker from before is dropped in the next step, which runs code of an
        // executor.
        let before = lock(&self.waiting).replace(waker);
        drop(before);
        // This looks once more, after the waker is there: whoever counted the last region down before has found no
        // waker. The lock, which is taken there after counting down, makes one of the two see the other.
        self.held.load(Ordering::SeqCst) == 0
    }
}

impl Drop for Scope {
    /// Wakes the tasks of regions that were turned away. They may be polled elsewhere from here on, and may begin
    /// there.
    fn drop(&mut self) {
        if *self.closing.get_mut() {
            self.turned_away.wake_all();
        }
    }
}

/// Counts a region in the scopes that it has begun in, as long as this value lives.
#[derive(Debug)]
pub(super) struct Hold(Option<Arc<Scope>>);

impl Hold {
    /// Counts in the scope that is polled now, and in those around it.
    pub(super) fn new() -> Self {
        let scope = current();
        for scope in with_outer(scope.as_ref()) {
            // SeqCst: this adds to `held` and then loads `closing`. A region that is turned away loads `closing` as
            // true and then `held` as 0. There is one order of all four accesses. If the load of `closing` here is
            // false, it comes before the other load of `closing`. So the addition comes before the other load of
            // `held`, which is not 0 then. With weaker orderings `closing` could be false here and `held` 0 there, and
            // nobody would wake the region that was turned away.
            let is_first = scope.held.fetch_add(1, Ordering::SeqCst) == 0;
            if is_first && scope.closing.load(Ordering::SeqCst) {
                // The scope is no longer closed for those that were turned away.
                scope.turned_away.wake_all();
            }
        }
        Hold(scope)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        for scope in with_outer(self.0.as_ref()) {
            // SeqCst as all accesses of `held`. This one needs to release what was done in the region.
            if scope.held.fetch_sub(1, Ordering::SeqCst) == 1 {
                // The waker is taken after counting down, since `is_clear` does the two in the other order.
                let waker = lock(&scope.waiting).take();
                // Waking runs code of an executor. The lock was given back in the line above.
                wake_all(waker);
            }
        }
    }
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
