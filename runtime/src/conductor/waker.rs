//! The thread that wakes the tasks of an async app.
//!
//! To wake a task is to run code of its executor, which may take locks and may panic. The listener must not wait for
//! such code, or it could miss the next signal. So this thread runs it. It sleeps on up to three events:
//!
//! - the *bell*, which the listener rings when it has something for the app's task (`channel.rs`);
//! - the event that the signal handler sets when a function of the user's is due;
//! - the event of the cancellation, unless the executor watches that one in its own poll.

use std::io;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::channel::Channel;
use crate::shutdown::Shutdown;
use crate::sync::spawn;
use crate::sys::{self, Event, Interest};

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
    let inbox = shutdown.shared_inbox();
    let mut announced = false;
    while !channel.is_closed() {
        let wanted = [
            (bell.as_fd(), Interest::Read),
            (inbox.callbacks_event().as_fd(), Interest::Read),
            (inbox.cancelled_event().as_fd(), Interest::Read),
        ];
        // The event of the cancellation stays readable for ever, so this thread sleeps on it only until it has
        // announced the cancellation.
        let watches = !announced && !executor_watches;
        sys::doze(if watches { &wanted } else { &wanted[..2] }, None);
        // Both events are cleared before this thread looks for what has happened. In the other order, what happens
        // between the look and the clearing would wake no task.
        bell.clear();
        inbox.callbacks_event().clear();
        // A panic in code of the executor must not end this thread: the other tasks would sleep for ever.
        let wake = || {
            if !announced && inbox.word().cancelled() {
                announced = true;
                shutdown.announce();
            }
            channel.wake_task();
        };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(wake)) {
            std::mem::forget(panic);
        }
    }
}
