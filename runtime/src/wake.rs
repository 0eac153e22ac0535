//! Waking tasks, which is code of their executors and may panic; and polling one where there is no executor.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::events;

/// Wakes all of them. One whose waker panics keeps none of the others from it.
///
/// Not for the listener, which waits for no code but ours; and without a lock.
pub(crate) fn wake_all(tasks: impl IntoIterator<Item = Waker>) {
    let mut tasks = tasks.into_iter();
    // One that has panicked was taken out before: the next turn goes on behind it.
    while !contained(|| tasks.by_ref().for_each(Waker::wake)) {}
}

/// Calls what wakes tasks. Whether it has not panicked; if it has, that decides the exit status of the app, as a panic in any code of
/// the user's does.
pub(crate) fn contained(wake: impl FnOnce()) -> bool {
    let Err(panic) = catch_unwind(AssertUnwindSafe(wake)) else {
        return true;
    };
    // Dropping what was thrown is user code again, and may throw.
    std::mem::forget(panic);
    events::note_panic();
    false
}

/// Polls a future to its end where there is no executor: on this thread, which sleeps meanwhile.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn one_that_panics_takes_no_other_with_it() {
        struct Woken<'a>(&'a AtomicUsize, bool);
        impl Wake for Woken<'static> {
            fn wake(self: Arc<Self>) {
                self.0.fetch_add(1, Ordering::SeqCst);
                assert!(!self.1, "a waker that panics");
            }
        }
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let panics = [true, false, true, true, false];
        wake_all(panics.map(|panics| Waker::from(Arc::new(Woken(&COUNT, panics)))));
        assert_eq!(COUNT.load(Ordering::SeqCst), panics.len());
    }
}
