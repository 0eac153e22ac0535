//! The functions of [`Shutdown::on_request`], and the thread that calls them at the request.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::thread;

use super::Shutdown;
use super::weak::WeakShutdown;
use crate::shield::call_bounded;
use crate::stragglers::Place;
use crate::sync::{lock, spawn};
use crate::sys;
use crate::unwind::{call, leak};

type Callback = Box<dyn FnOnce() + Send>;

/// The functions that were registered, and whether the thread is there that calls them.
///
/// The first function starts the thread, so that a program without one has no such thread. The thread ends when it has
/// called all functions. A function that is registered later starts it again.
pub(super) struct Callbacks {
    queue: Mutex<Queue>,
}

struct Queue {
    /// The functions, each with the place where it was registered.
    callbacks: VecDeque<(Place, Callback)>,
    /// Whether the thread is there. It is the thread itself that takes this back, behind the lock and only when the
    /// queue is empty: so no function is added to a queue that a thread is about to leave.
    has_thread: bool,
}

impl Callbacks {
    pub(super) fn new() -> Self {
        Callbacks {
            queue: Mutex::new(Queue {
                callbacks: VecDeque::new(),
                has_thread: false,
            }),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        lock(&self.queue)
    }

    /// Adds a function, and starts the thread if it is not there.
    ///
    /// # Panics
    ///
    /// If the system cannot start the thread. The function is not added then.
    pub(super) fn add(self: &Arc<Self>, shutdown: &Shutdown, place: Place, callback: Callback) {
        if !shutdown.inbox().is_home() {
            // A forked child. The thread would sleep on an event that the parent's request makes readable, and find no
            // request.
            return;
        }
        let mut queue = self.lock();
        queue.callbacks.push_back((place, callback));
        if queue.has_thread {
            return;
        }
        let (weak, callbacks) = (shutdown.downgrade(), Arc::clone(self));
        let inbox = Arc::clone(shutdown.inbox());
        let work = move || {
            // The thread keeps the functions and the event alive, but not the handle: otherwise a handle that is used
            // no more would never be dropped. Its drop sets the events, and ends this thread.
            while !inbox.word().is_requested() && !weak.is_gone() {
                sys::wait(&[inbox.requested_event()], None);
            }
            // The handle may be gone by now, but the request was made, so the functions are due.
            if inbox.word().is_requested() {
                callbacks.serve(&weak);
                // The listener may wait for these functions before the exit. It is woken after the thread was noted to
                // be gone, or it would look too early and sleep on.
                inbox.tell_listener();
            }
        };
        let thread = thread::Builder::new().name("aplomb-on-request".into());
        match spawn(thread, Box::new(work)) {
            Ok(_) => queue.has_thread = true,
            Err(error) => {
                let callback = queue.callbacks.pop_back();
                // Dropping the function is code of the user's, which may come back here. So the lock is released first.
                drop(queue);
                drop(callback);
                panic!("cannot start the thread of `on_request`: {error}");
            }
        }
    }

    /// Takes the next function, or notes that the thread ends. Only the thread calls this.
    fn take_next(&self) -> Option<(Place, Callback)> {
        let mut queue = self.lock();
        let next = queue.callbacks.pop_front();
        queue.has_thread = next.is_some();
        next
    }

    /// Calls the functions, in the order of their registration.
    fn serve(&self, shutdown: &WeakShutdown) {
        while let Some((place, callback)) = self.take_next() {
            let _called = shutdown.begin_call("on_request", place);
            if let Err(panic) = call(|| call_bounded(callback)) {
                leak(panic);
                shutdown.note_panic();
            }
        }
    }

    /// Whether all functions have returned. This is the question of the listener, after the request.
    pub(super) fn are_done(&self) -> bool {
        !self.lock().has_thread
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = self.lock();
        f.debug_struct("Callbacks")
            .field("waiting", &queue.callbacks.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// The request was made, so the function is due, whoever has a handle by then.
    #[test]
    fn a_function_is_called_although_the_handle_is_gone() {
        for _ in 0..50 {
            for asks_first in [false, true] {
                let (called, calls) = mpsc::channel();
                let shutdown = Shutdown::new();
                if asks_first {
                    shutdown.request("an example");
                }
                shutdown.on_request(move || called.send(()).expect("the test waits"));
                shutdown.request("an example");
                drop(shutdown);
                let called = calls.recv_timeout(Duration::from_secs(20));
                assert_eq!(called, Ok(()), "asks first: {asks_first}");
            }
        }
    }

    /// Nobody makes the request any more.
    #[test]
    fn a_function_is_dropped_with_the_last_handle() {
        let (called, calls) = mpsc::channel::<()>();
        let shutdown = Shutdown::new();
        shutdown.on_request(move || called.send(()).expect("the test waits"));
        drop(shutdown);
        let dropped = calls.recv_timeout(Duration::from_secs(20));
        assert_eq!(dropped, Err(mpsc::RecvTimeoutError::Disconnected));
    }
}
