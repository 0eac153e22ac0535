//! The thread that wakes the tasks of an async app.
//!
//! To wake a task is to run code of its executor, which may take locks. The listener must not wait for
//! any, so this thread does it: it sleeps on the descriptor by which the listener speaks to the app's task,
//! on that of the callbacks, and, unless the executor has that in its own poll, on the one that the signal
//! handler writes.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::channel::Channel;
use crate::shutdown::Shutdown;
use crate::sync::spawn;
use crate::sys::{self, Event, Source};

/// Starts it.
///
/// # Errors
///
/// When there is no thread left.
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

fn serve(shutdown: &Shutdown, channel: &Channel, bell: &Event, executor_watches: bool) {
    let inbox = shutdown.shared_inbox();
    let mut announced = false;
    while !channel.is_over() {
        let wanted: [&dyn Source; 3] = [bell, inbox.callbacks_event(), inbox.cancelled_event()];
        // From the cancellation on its event stays readable.
        let watches = !announced && !executor_watches;
        sys::wait(if watches { &wanted } else { &wanted[..2] }, None);
        bell.clear();
        inbox.callbacks_event().clear();
        // A waker that panics is the executor's fault, and not to keep the others asleep.
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
