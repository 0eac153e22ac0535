//! Functions that are called when the request comes, on a thread of their own.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Weak};
use std::thread;

use super::{Shared, Shutdown};
use crate::sync::{lock, spawn};
use crate::sys;

type Callback = Box<dyn FnOnce() + Send>;

/// The functions that wait for the request, and whether a thread waits for it on their behalf.
///
/// The thread is started by the first of them, so that a program without any has none.
pub(crate) struct Callbacks {
    queue: Mutex<Queue>,
}

struct Queue {
    callbacks: VecDeque<Callback>,
    served: bool,
}

impl Callbacks {
    pub(crate) fn new() -> Self {
        Callbacks {
            queue: Mutex::new(Queue {
                callbacks: VecDeque::new(),
                served: false,
            }),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        lock(&self.queue)
    }

    /// Adds one, and sees to it that a thread serves it.
    ///
    /// # Panics
    ///
    /// If that thread cannot be started.
    pub(crate) fn add(&self, shared: &Arc<Shared>, callback: Callback) {
        let mut queue = self.lock();
        queue.callbacks.push_back(callback);
        if queue.served {
            return;
        }
        let weak = Arc::downgrade(shared);
        let inbox = Arc::clone(&shared.inbox);
        let work = move || {
            // Only the descriptor is kept, so that a handle that nobody has any more ends.
            // It fails where somebody has closed the descriptor; then it is now or never.
            let _ = sys::wait_until_ready(&[inbox.requested_event()], None);
            serve(&weak);
        };
        let thread = thread::Builder::new().name("aplomb-on-request".into());
        match spawn(thread, Box::new(work)) {
            Ok(_) => queue.served = true,
            Err(error) => {
                queue.callbacks.pop_back();
                drop(queue);
                panic!("cannot start the thread of `on_request`: {error}");
            }
        }
    }

    /// Takes the next one, or notes that the thread has gone.
    fn next(&self) -> Option<Callback> {
        let mut queue = self.lock();
        let callback = queue.callbacks.pop_front();
        queue.served = callback.is_some();
        callback
    }

    /// Whether all have been called, now that the request has come.
    pub(crate) fn are_done(&self) -> bool {
        !self.lock().served
    }
}

fn serve(shared: &Weak<Shared>) {
    let Some(shared) = shared.upgrade() else {
        return;
    };
    let shutdown = Shutdown::from_shared(shared);
    while let Some(callback) = shutdown.callbacks().next() {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(callback)) {
            std::mem::forget(panic);
            shutdown.note_panic();
        }
    }
    shutdown.shared_inbox().tell_listener();
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = self.lock();
        f.debug_struct("Callbacks")
            .field("waiting", &queue.callbacks.len())
            .finish_non_exhaustive()
    }
}
