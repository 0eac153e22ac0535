//! Code of the user's that ends the guards it has made, at the latest when it ends itself.
//!
//! A guard that was leaked, as by `mem::forget`, cannot end any more. On a thread of ours that would hold up the end of
//! the app for ever. So when a function has ended that we have called there, the guards that are left of it count as
//! ended.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

use super::context::admit_this_thread;
use super::info::ShieldInfo;
use super::slot::SLOT;
use crate::report;
use crate::unwind::__rust_begin_short_backtrace;

/// Calls a function of the user's. Guards that it leaves behind on this thread count as ended.
pub(crate) fn call_bounded<T>(function: impl FnOnce() -> T) -> T {
    let mut guards = Guards(0);
    // This is dropped when the function has panicked, too.
    let ended = EndOnDrop(&mut guards);
    ended.0.count(|| __rust_begin_short_backtrace(function))
}

/// Calls a function as [`call_bounded`] does, and lets it through a closed gate: one that is told of the end uses
/// shields, and would never be told of the rest. A shield that it enters when the gate is sealed is cut with the
/// process.
pub(crate) fn call_admitted<T>(f: impl FnOnce() -> T) -> T {
    admit_this_thread(true);
    call_bounded(f)
}

/// Makes a future of the user's one that ends the guards which it leaves behind on the thread that polls it.
pub(crate) fn bounded<F: Future>(future: F) -> Bounded<F> {
    Bounded {
        future: Some(Box::pin(future)),
        guards: Guards(0),
    }
}

/// A future of the user's. It is polled on one thread, that of the app.
#[derive(Debug)]
pub(crate) struct Bounded<F> {
    /// The future, until it has ended. It is dropped before the guards are looked at, since it may hold some.
    future: Option<Pin<Box<F>>>,
    guards: Guards,
}

impl<F: Future> Future for Bounded<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Bounded { future, guards } = self.get_mut();
        let polled = future.as_mut();
        let polled = polled.expect("a future is not polled again when it has ended");
        let poll = || __rust_begin_short_backtrace(|| polled.as_mut().poll(context));
        let value = ready!(guards.count(poll));
        let ended = EndOnDrop(guards);
        ended.0.count(|| *future = None);
        Poll::Ready(value)
    }
}

impl<F> Drop for Bounded<F> {
    fn drop(&mut self) {
        let Bounded { future, guards } = self;
        // This is dropped when the drop of the future has panicked, too.
        let ended = EndOnDrop(guards);
        ended.0.count(|| *future = None);
    }
}

/// How many guards a function has made so far, less those that it has dropped.
#[derive(Debug)]
struct Guards(i64);

impl Guards {
    /// Runs a part of the function, and counts the guards that it makes and drops.
    fn count<T>(&mut self, part: impl FnOnce() -> T) -> T {
        struct Count<'a>(&'a mut Guards, i64);
        impl Drop for Count<'_> {
            fn drop(&mut self) {
                self.0.0 += depth() - self.1;
            }
        }
        let _count = Count(self, depth());
        part()
    }

    /// Ends the guards that are left, when the function has ended.
    fn end(&mut self) {
        let left = std::mem::take(&mut self.0);
        if left > 0 {
            abandon_slot(left);
        }
    }
}

struct EndOnDrop<'a>(&'a mut Guards);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// How many guards the current thread holds.
fn depth() -> i64 {
    // Relaxed: the thread reads what it has stored itself.
    let depth = SLOT
        .with(Cell::get)
        .map(|slot| slot.depth.load(Ordering::Relaxed));
    depth.map_or(0, i64::from)
}

/// Ends all guards of the current thread, of which so many are left behind by a function.
///
/// The thread gets another slot when it needs one. The one that it had is never used again: should one of the guards be
/// dropped after all, as by the state of an app that has kept it, that ends nobody else's shield.
#[cold]
fn abandon_slot(left: i64) {
    let Some(slot) = SLOT.with(Cell::get) else {
        return;
    };
    if depth() > left {
        // In an async app another task of this thread may hold a guard as well. No such guard is ended here, so the
        // app waits for all of them, and names the outermost.
        return;
    }
    if let Some(shield) = ShieldInfo::of(slot) {
        report::line(&format!(
            "the function has ended that has made shield {shield}: it counts as ended"
        ));
    }
    SLOT.with(|own| own.set(None));
    // Release: a barrier that sees 0 by its acquiring load goes on after all that was done inside.
    slot.depth.store(0, Ordering::Release);
    slot.tell_of_end();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shield::shield;
    use crate::shield::tests::ALONE;
    use crate::wake::block_on;
    use std::mem::forget;

    #[test]
    fn what_is_leaked_ends_with_the_function() {
        let _alone = ALONE.lock();
        call_bounded(|| forget(shield("leaked")));
        assert_eq!(depth(), 0);
        block_on(bounded(async { forget(shield("leaked")) }));
        assert_eq!(depth(), 0);
        let panics = || {
            forget(shield("leaked"));
            std::panic::resume_unwind(Box::new(()));
        };
        std::panic::catch_unwind(|| call_bounded(panics)).unwrap_err();
        assert_eq!(depth(), 0);
    }

    #[test]
    fn a_guard_that_lives_on_ends_nobody_elses_shield() {
        let _alone = ALONE.lock();
        let kept = call_bounded(|| shield("kept"));
        assert_eq!(depth(), 0);
        let next = shield("next");
        drop(kept);
        assert_eq!(depth(), 1);
        drop(next);
        assert_eq!(depth(), 0);
    }

    #[test]
    fn the_guards_of_others_are_left_alone() {
        let _alone = ALONE.lock();
        let outer = shield("outer");
        let mut leaks = Box::pin(bounded(async { forget(shield("leaked")) }));
        let polled = leaks
            .as_mut()
            .poll(&mut Context::from_waker(std::task::Waker::noop()));
        assert!(polled.is_ready());
        assert_eq!(depth(), 2);
        drop(outer);
        assert_eq!(depth(), 1);
        // The other tests look at all shields.
        abandon_slot(1);
        assert_eq!(depth(), 0);
    }

    /// A future that is dropped where it waits drops what it holds, and no more counts as leaked.
    #[test]
    fn what_is_dropped_with_the_future_is_not_leaked() {
        let _alone = ALONE.lock();
        let mut holds = Box::pin(bounded(async {
            let _guard = shield("held");
            std::future::pending::<()>().await;
        }));
        let waits = holds
            .as_mut()
            .poll(&mut Context::from_waker(std::task::Waker::noop()));
        assert!(waits.is_pending());
        assert_eq!(depth(), 1);
        let slot = SLOT.with(Cell::get).map(std::ptr::from_ref);
        drop(holds);
        assert_eq!(depth(), 0);
        assert_eq!(SLOT.with(Cell::get).map(std::ptr::from_ref), slot);
    }
}
