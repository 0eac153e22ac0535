//! The thread that wakes the tasks of an async app.
//!
//! To wake a task is to run code of its executor, which may take locks and may panic. The listener must not wait for
//! such code, or it could miss the next signal. So this thread runs it. It sleeps on up to three events:
//!
//! - the *bell*, which the listener rings when it has something for the app's task (`channel.rs`);
//! - the event that the signal handler sets when a function of the user's is due;
//! - the event of the cancellation, unless the executor watches that one in its own poll.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::channel::Channel;
use crate::shutdown::Shutdown;
use crate::sync::spawn;
use crate::sys::{self, Event, Source};

/// Starts the thread. `executor_watches` says that the executor notices the cancellation by itself.
///
/// # Errors
///
/// When the system has no thread left.
pub(super) fn start(
    shutdown: &Shutdown,
    channel: &Arc<Channel>,
    executor_watches: bool,
) -> io::Result<JoinHandle<()>> {
    let (shutdown, channel) = (shutdown.clone(), Arc::clone(channel));
    let thread = thread::Builder::new().name("aplomb-waker".into());
    let work = move || {
        if let Some(bell) = channel.bell() {
            serve(&shutdown, &channel, bell, executor_watches);
        }
    };
    spawn(thread, Box::new(work))
}

/// Wakes tasks until the app's thread has ended.
fn serve(shutdown: &Shutdown, channel: &Channel, bell: &Event, executor_watches: bool) {
    let inbox = shutdown.inbox();
    let mut announced = false;
    let mut announce = || {
        if !announced && inbox.word().cancelled() {
            announced = true;
            shutdown.announce();
        }
        announced
    };
    while !channel.is_closed() {
        let wanted: [&dyn Source; 3] = [bell, inbox.callbacks_event(), inbox.cancelled_event()];
        // The event of the cancellation stays readable for ever, so this thread sleeps on it only until it has
        // announced the cancellation.
        let watches = !announce() && !executor_watches;
        sys::wait(if watches { &wanted } else { &wanted[..2] }, None);
        // Both events are cleared before this thread looks for what has happened. In the other order, what happens
        // between the look and the clearing would wake no task.
        bell.clear();
        inbox.callbacks_event().clear();
        announce();
        channel.wake_task();
    }
    // Once more: the cancellation and the end of the app may both have come while this thread was waking a task. Others
    // outside of the app may still await the cancellation.
    announce();
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Wake, Waker};

    use super::*;

    /// A task of the app whose executor takes its time to wake it.
    struct Slow {
        begun: Barrier,
        go_on: Barrier,
    }

    impl Wake for Slow {
        fn wake(self: Arc<Self>) {
            self.begun.wait();
            self.go_on.wait();
        }
    }

    /// Counts how often a task is woken that waits outside of the app.
    #[derive(Default)]
    struct Outside(AtomicUsize);

    impl Wake for Outside {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// The cancellation and the end of the app may both come while this thread wakes a task.
    #[test]
    fn a_cancellation_is_announced_also_at_the_end() {
        let shutdown = Shutdown::new();
        let channel = Arc::new(Channel::new(true).expect("there are descriptors"));
        let slow = Arc::new(Slow {
            begun: Barrier::new(2),
            go_on: Barrier::new(2),
        });
        let task = Waker::from(Arc::clone(&slow));
        channel.register_task(&Context::from_waker(&task));
        let outside = Arc::new(Outside::default());
        let waiter = Waker::from(Arc::clone(&outside));
        let mut cancelled = Box::pin(shutdown.cancelled());
        assert!(
            cancelled
                .as_mut()
                .poll(&mut Context::from_waker(&waiter))
                .is_pending()
        );

        let thread = start(&shutdown, &channel, true).expect("there are threads");
        channel.ring();
        slow.begun.wait();
        // By a signal: nobody but this thread wakes tasks then.
        shutdown.inbox().begin(crate::signal::Began::Signal);
        channel.close();
        slow.go_on.wait();
        thread.join().expect("it does not panic");
        assert_eq!(outside.0.load(Ordering::SeqCst), 1);
    }
}
