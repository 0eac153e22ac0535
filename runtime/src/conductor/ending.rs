//! The end of an embedded app's threads, in a program that goes on.
//!
//! A thread that has nothing left to do drops its thread-local values, and only then is it gone. That is code of the
//! user's, which may never end. So the listener does not wait in a join, where it would keep no limit and name nothing:
//! a thread of ours joins the others, and tells the listener.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::shutdown::Shutdown;
use crate::sync::{AtomicBool, Mutex, lock, spawn};
use crate::ticks::Moment;

/// The threads of an app, and how far their end is.
#[derive(Debug)]
pub(super) struct Ending {
    shutdown: Shutdown,
    /// Taken by who joins them.
    threads: Arc<Mutex<Option<Threads>>>,
    gone: Arc<Gone>,
    /// Since when they are being joined.
    begun: Option<Moment>,
    joiner: Option<JoinHandle<()>>,
}

/// The app's thread, and that of the waker.
type Threads = (JoinHandle<()>, Option<JoinHandle<()>>);

/// Which threads are gone.
#[derive(Debug, Default)]
struct Gone {
    app: AtomicBool,
    all: AtomicBool,
}

impl Ending {
    pub(super) fn new(
        shutdown: &Shutdown,
        app: JoinHandle<()>,
        waker: Option<JoinHandle<()>>,
    ) -> Self {
        Ending {
            shutdown: shutdown.clone(),
            threads: Arc::new(Mutex::new(Some((app, waker)))),
            gone: Arc::default(),
            begun: None,
            joiner: None,
        }
    }

    /// Has the threads joined. They were told that there is nothing left to do.
    pub(super) fn begin(&mut self) {
        self.begun = Some(Moment::now());
        let (threads, gone) = (Arc::clone(&self.threads), Arc::clone(&self.gone));
        let shutdown = self.shutdown.clone();
        let work = move || join(&threads, &gone, &shutdown);
        match spawn(Builder::new().name("aplomb-joiner".into()), Box::new(work)) {
            Ok(joiner) => self.joiner = Some(joiner),
            // The system has no thread left, so the listener waits itself.
            Err(_) => join(&self.threads, &self.gone, &self.shutdown),
        }
    }

    /// Returns whether the threads are gone, and with them the one that has joined them.
    pub(super) fn is_over(&mut self) -> bool {
        // Acquire: what the threads have done is seen after this.
        let is_over = self.gone.all.load(Ordering::Acquire);
        if is_over {
            // The thread has nothing left to do, nor a thread-local value of the user's. A panic is a fault of ours,
            // and was printed.
            let _ = self.joiner.take().map(JoinHandle::join);
        }
        is_over
    }

    /// Returns whether the threads are being joined for less than a second. Nobody insists on an end that is there in a
    /// moment: the program is about to go on.
    pub(super) fn is_about_to_be_over(&self) -> bool {
        const MOMENT: Duration = Duration::from_secs(1);
        self.begun.is_some_and(|begun| begun.elapsed() < MOMENT)
    }

    /// Names what the end of the threads waits for.
    pub(super) fn waits_for(&self) -> &'static str {
        // Relaxed: this is about what is printed alone.
        if self.gone.app.load(Ordering::Relaxed) {
            "a waker of a task"
        } else {
            "a destructor of a thread-local value"
        }
    }
}

/// Joins the threads, and tells the listener.
fn join(threads: &Mutex<Option<Threads>>, gone: &Gone, shutdown: &Shutdown) {
    let taken = lock(threads).take();
    if let Some((app, waker)) = taken {
        // A panic of theirs was reported as an event already.
        let _ = app.join();
        // Relaxed: see `waits_for`.
        gone.app.store(true, Ordering::Relaxed);
        let _ = waker.map(JoinHandle::join);
    }
    // The flag is set before the event, so that the listener finds it when it wakes. Release: it also sees what the
    // threads have done.
    gone.all.store(true, Ordering::Release);
    shutdown.inbox().listener_event().set();
}
