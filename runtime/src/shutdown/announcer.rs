//! The thread that wakes tasks in an app of threads.
//!
//! An async app has somebody who wakes its tasks. An app of threads may have tasks, too: on a runtime of its own, or of a
//! library that takes a token. The signal handler wakes none, and the listener must not, since that is foreign code. So from the
//! first one that waits on there is a thread for them; a program without any has none.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::{Shared, Shutdown};
use crate::sync::spawn;
use crate::sys::{self, Interest};

/// Whether that thread is still to be started.
#[derive(Debug)]
pub(crate) struct Announcer {
    wanted: AtomicBool,
}

impl Announcer {
    /// `wanted`: nobody else wakes the tasks of this app.
    pub(crate) fn new(wanted: bool) -> Self {
        Announcer {
            wanted: AtomicBool::new(wanted),
        }
    }

    /// Somebody waits: sees to it that there is the thread.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[inline]
    pub(super) fn see_to(&self, shared: &Arc<Shared>) {
        // Relaxed: once it is not wanted any more it never is again, and `swap` decides between two who see that it is.
        if self.wanted.load(Ordering::Relaxed) && self.wanted.swap(false, Ordering::Relaxed) {
            if let Err(error) = start(shared) {
                // The next one who waits tries again.
                self.wanted.store(true, Ordering::Relaxed);
                panic!("cannot start the thread that wakes tasks: {error}");
            }
        }
    }
}

#[cold]
fn start(shared: &Arc<Shared>) -> io::Result<()> {
    let weak = Arc::downgrade(shared);
    let inbox = Arc::clone(&shared.inbox);
    let announce = move || {
        // Only the descriptor is kept, so that a handle that nobody has any more ends. One that was cancelled before
        // this thread was there is readable already.
        while !inbox.word().cancelled() && weak.strong_count() > 0 {
            sys::doze(&[(inbox.cancelled_event().as_fd(), Interest::Read)], None);
        }
        if let Some(shared) = weak.upgrade() {
            Shutdown::from_shared(shared).announce();
        }
    };
    let thread = thread::Builder::new().name("aplomb-waker".into());
    spawn(thread, Box::new(announce)).map(drop)
}
