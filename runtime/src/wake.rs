//! Waking tasks, and polling a future where there is no executor.
//!
//! To wake a task is to run code of its executor, through a [`Waker`]. Such code may take locks, and may panic. So it
//! is called without a lock of ours, never on the listener's thread, and its panics end here.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::events;
use crate::unwind;

/// Wakes these tasks. A waker that panics does not keep the other tasks from being woken.
///
/// The caller must hold no lock, and must not be the listener.
pub(crate) fn wake_all(tasks: impl IntoIterator<Item = Waker>) {
    let mut tasks = tasks.into_iter();
    // The iterator has given out a waker before that waker panics, so the next turn goes on with the one behind it.
    while !contained(|| tasks.by_ref().for_each(Waker::wake)) {}
}

/// Calls a function that wakes tasks. Returns whether it has not panicked. A panic makes the exit status of the app
/// 101, as one in any other code of the user's does.
pub(crate) fn contained(wake: impl FnOnce()) -> bool {
    match unwind::call(wake) {
        Ok(()) => true,
        Err(panic) => {
            unwind::leak(panic);
            events::note_panic();
            false
        }
    }
}

/// Polls a future to its end on the current thread, which sleeps between the polls.
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
            // A wake-up that comes before this leaves a token, and `park` returns at once. It may also return for
            // nothing, which costs one more poll.
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_waker_that_panics_keeps_no_other_task_asleep() {
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
