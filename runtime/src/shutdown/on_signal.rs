//! The functions of [`Shutdown::on_signal`], and the thread that calls them.

use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use super::Shutdown;
use super::weak::WeakShutdown;
use crate::shield::call_bounded;
use crate::signal::{Inbox, Seen, Signal};
use crate::status::End;
use crate::stragglers::Place;
use crate::sync::{lock, spawn};
use crate::sys;
use crate::unwind::{call, discard, leak};

/// A function, and what it was told so far.
struct Watcher {
    /// Where the function was registered.
    place: Place,
    seen: Seen,
    call: Box<dyn FnMut(&Signal) + Send>,
}

/// The functions that were registered, and whether the thread is there that calls them.
///
/// The first function starts the thread, so that a program without one has no such thread. The thread ends when no
/// signal can come any more: with the app, or with the last handle.
pub(super) struct Watchers {
    state: Mutex<State>,
}

struct State {
    /// The functions, in the order of their registration. The thread takes them out while it calls them.
    watchers: Vec<Watcher>,
    /// Whether the thread has taken the functions out.
    calling: bool,
    has_thread: bool,
}

impl Watchers {
    pub(super) fn new() -> Self {
        Watchers {
            state: Mutex::new(State {
                watchers: Vec::new(),
                calling: false,
                has_thread: false,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Adds a function, and starts the thread if it is not there.
    ///
    /// # Panics
    ///
    /// If the system cannot start the thread, or has no descriptor left. The function is not added then.
    pub(super) fn add(
        self: &Arc<Self>,
        shutdown: &Shutdown,
        place: Place,
        call: Box<dyn FnMut(&Signal) + Send>,
    ) {
        let inbox = shutdown.inbox();
        if !inbox.is_home() {
            // A forked child. No signal of the parent's app arrives there, and the event of the thread may be the
            // parent's.
            return;
        }
        if let Err(error) = inbox.watch() {
            drop(call);
            panic!("cannot make a file descriptor for `on_signal`: {error}");
        }
        let seen = inbox.arrived().seen_so_far();
        let mut state = self.lock();
        state.watchers.push(Watcher { place, seen, call });
        if state.has_thread {
            return;
        }
        let (weak, watchers) = (shutdown.downgrade(), Arc::clone(self));
        let inbox = Arc::clone(inbox);
        let work = move || watchers.serve(&inbox, &weak);
        let thread = thread::Builder::new().name("aplomb-on-signal".into());
        match spawn(thread, Box::new(work)) {
            Ok(_) => state.has_thread = true,
            Err(error) => {
                let watcher = state.watchers.pop();
                // Dropping the function is code of the user's, which may come back here. So the lock is released first.
                drop(state);
                drop(watcher);
                panic!("cannot start the thread of `on_signal`: {error}");
            }
        }
    }

    /// Calls the functions with what arrives, until nothing can arrive any more, and drops them.
    fn serve(&self, inbox: &Inbox, shutdown: &WeakShutdown) {
        let Some(event) = inbox.watchers_event() else {
            return;
        };
        loop {
            // This is asked before the last look, and the event is cleared before each: so nothing that comes meanwhile
            // is missed. The thread does not keep the handle alive: its drop sets the event, and ends this thread.
            let is_last = inbox.is_retired() || shutdown.is_gone();
            event.clear();
            self.call_all(inbox, shutdown);
            // The listener may wait for these functions before the exit.
            inbox.tell_listener();
            if is_last {
                break;
            }
            sys::wait(&[event], None);
        }
        let watchers = {
            let mut state = self.lock();
            // Behind the lock, so that a function which is registered now starts another thread.
            state.has_thread = false;
            mem::take(&mut state.watchers)
        };
        for watcher in watchers {
            if discard(watcher) == End::Panicked {
                shutdown.note_panic();
            }
        }
    }

    /// Calls each function with what it was not told yet.
    fn call_all(&self, inbox: &Inbox, shutdown: &WeakShutdown) {
        let watchers = {
            let mut state = self.lock();
            state.calling = true;
            mem::take(&mut state.watchers)
        };
        let mut kept = Vec::with_capacity(watchers.len());
        for mut watcher in watchers {
            let mut told = Ok(());
            while let Some(signal) = inbox.arrived().next(&mut watcher.seen) {
                let place = watcher.place;
                let _called = shutdown.begin_call("on_signal", place);
                told = call(|| call_bounded(|| (watcher.call)(&signal)));
                if told.is_err() {
                    break;
                }
            }
            match told {
                Ok(()) => kept.push(watcher),
                Err(panic) => {
                    leak(panic);
                    discard(watcher);
                    shutdown.note_panic();
                }
            }
        }
        let mut state = self.lock();
        // Those that were registered meanwhile come last.
        kept.append(&mut state.watchers);
        state.watchers = kept;
        state.calling = false;
    }

    /// Whether all functions have returned, and were told all that has arrived. This is the question of the listener,
    /// before the exit.
    pub(super) fn are_done(&self, inbox: &Inbox) -> bool {
        let state = self.lock();
        let mut watchers = state.watchers.iter();
        !state.calling && watchers.all(|watcher| inbox.arrived().have_all_been(&watcher.seen))
    }
}

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watchers")
            .field("watchers", &self.lock().watchers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// Nobody can be told of a signal any more.
    #[test]
    fn a_function_is_dropped_with_the_last_handle() {
        let (called, calls) = mpsc::channel::<()>();
        let shutdown = Shutdown::new();
        shutdown.on_signal(move |_| called.send(()).expect("the test waits"));
        assert!(shutdown.watchers_are_done());
        drop(shutdown);
        let dropped = calls.recv_timeout(Duration::from_secs(20));
        assert_eq!(dropped, Err(mpsc::RecvTimeoutError::Disconnected));
    }
}
