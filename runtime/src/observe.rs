//! Telling functions of the program's what happens in the life of its app: an observer, and a reporter, which takes the
//! lines that standard error would have.
//!
//! # Why a thread of its own
//!
//! Whoever tells what has happened, as the listener does, must not run code of the program's, which may take locks,
//! block or panic. So an event goes to a queue, and a thread that has nothing else to do calls the functions. Nobody
//! waits for it but the exit, and that for a moment; and for an error to be reported whoever would wait for it to be
//! printed.
//!
//! # What it costs
//!
//! Where nobody observes, to tell is one relaxed load of a flag: no event is made. Shields tell nothing by themselves.
//! The queue is not even a part of such a program.
//!
//! # In which order
//!
//! Each thread tells of what it does. The listener tells of the request, and may come to that after another thread has
//! told of what the request has led to. So what is told from the request on waits until that was told.
//!
//! # Why the queue is bounded
//!
//! A function that is slower than what happens, or never returns, must not use up the memory. What finds the queue full
//! is counted, and told with the next event that has room.
//!
//! # What is not lost
//!
//! The line of an event stays with it until the reporter has taken it, as a [`Line`] that prints itself where it is
//! dropped before that, if it says why the process ends with a failure. So a queue that is full, a reporter that
//! refuses, panics or blocks, and the end of an app need no more than to drop what they have.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::Builder;

use crate::report::{self, Line, Nobody, Taker};
use crate::signal::Inbox;
use crate::sync::{lock, spawn};
use crate::sys::PerProcess;

mod event;
mod queue;

pub use event::{ChildEvent, Event, EventKind, Reported, Work};
use queue::{Destination, Queue};

/// A function that is told.
pub(crate) type Observer = Box<dyn FnMut(&Event) + Send>;

/// A function that takes lines.
pub(crate) type Reporter = Box<dyn FnMut(&Event) -> Reported + Send>;

/// The functions of an app that are told what happens.
#[derive(Default)]
pub(crate) struct Observers {
    observer: Option<Observer>,
    reporter: Option<Reporter>,
    /// Makes the queue for them. Only an app that has a function points to this. So the linker finds no use of the
    /// queue in other programs, and leaves it out.
    queue: Option<fn(Destination) -> Arc<dyn Tell>>,
}

impl Observers {
    /// Has this function told what happens.
    pub(crate) fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
        self.queue = Some(Queue::shared);
    }

    /// Has this function take lines.
    pub(crate) fn report(&mut self, reporter: Reporter) {
        self.reporter = Some(reporter);
        self.queue = Some(Queue::shared);
    }

    /// Whether there is a function.
    fn is_some(&self) -> bool {
        self.observer.is_some() || self.reporter.is_some()
    }

    /// Has no function take lines.
    pub(crate) fn report_off(&mut self) {
        self.reporter = None;
    }
}

/// What the rest of the library needs of a [`Queue`].
trait Tell: Send + Sync {
    /// Has what comes after the request of this inbox told after it.
    fn begin(&self, inbox: &Arc<Inbox>);

    /// Takes an event, with the line that it is about, if there is one.
    fn push(&self, event: Event, line: Option<Line>);

    /// Waits a moment until all in the queue was told. Failures that the reporter has not taken by then are printed.
    fn flush(&self);

    /// Nothing more is to come.
    fn close(&self);

    /// No function is called any more, or none ever was.
    fn abandon(&self);

    /// Calls the functions with one event after the other, until nothing more is to come.
    fn serve(&self, observers: Observers);

    /// This, as what takes lines.
    fn taker(self: Arc<Self>) -> Arc<dyn Taker>;
}

/// Whether somebody observes, so that where nobody does nothing is made. A forked child looks at [`LIVE`], which is
/// empty there.
static IS_OBSERVED: AtomicBool = AtomicBool::new(false);

/// The queue of the live app. A forked child has none: the thread is its parent's.
static LIVE: PerProcess<Mutex<Option<Arc<dyn Tell>>>> = PerProcess::new(Mutex::default);

fn live() -> Option<Arc<dyn Tell>> {
    // The lock is for the copy only.
    lock(&LIVE).clone()
}

/// Tells what has happened, if somebody observes.
#[inline]
pub(crate) fn tell(kind: impl FnOnce() -> EventKind) {
    // Relaxed: an app that begins sets the flag before it starts a thread, so its threads see it.
    if IS_OBSERVED.load(Ordering::Relaxed) {
        enqueue(kind());
    }
}

/// Out of line, so that who tells has none of this code.
#[cold]
fn enqueue(kind: EventKind) {
    if let Some(queue) = live() {
        queue.push(Event::new(kind), None);
    }
}

/// Says in a line what has happened, and tells it.
pub(crate) fn say(kind: EventKind, line: Line) {
    match live() {
        Some(queue) => queue.push(Event::with_line(kind, &line), Some(line)),
        None => line.say(),
    }
}

/// Has functions told from here on what happens, until the value that is returned is dropped. `says_nothing` is whether
/// lines go nowhere.
///
/// The functions are called from when the thread [begins](Observed::begin): what has happened before is told then.
pub(crate) fn install(observers: Observers, says_nothing: bool) -> Observed {
    let lines = match observers.reporter {
        Some(_) => Destination::Reporter,
        None if says_nothing => Destination::Nowhere,
        None => Destination::StandardError,
    };
    let Some(queue) = observers.queue.filter(|_| observers.is_some()) else {
        if says_nothing {
            report::set_taker(Some(Arc::new(Nobody)));
        }
        return Observed(None);
    };
    let queue = queue(lines);
    report::set_taker(Some(Arc::clone(&queue).taker()));
    *lock(&LIVE) = Some(queue);
    IS_OBSERVED.store(true, Ordering::Relaxed);
    Observed(Some(observers))
}

/// An app is being observed, or its lines go elsewhere. When this is dropped that is over, for an app that is a part of
/// a program. Holds the functions until their thread begins.
pub(crate) struct Observed(Option<Observers>);

impl Observed {
    /// Begins the thread that calls the functions.
    ///
    /// # Errors
    ///
    /// When the system has no thread left. Lines are printed then.
    pub(crate) fn begin(&mut self, inbox: &Arc<Inbox>) -> io::Result<()> {
        let (Some(observers), Some(queue)) = (self.0.take(), live()) else {
            return Ok(());
        };
        queue.begin(inbox);
        let served = Arc::clone(&queue);
        let thread = Builder::new().name("aplomb-observer".into());
        let begun = spawn(thread, Box::new(move || served.serve(observers)));
        begun.map(drop).inspect_err(|_| queue.abandon())
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        IS_OBSERVED.store(false, Ordering::Relaxed);
        report::set_taker(None);
        let queue = lock(&LIVE).take();
        if let Some(queue) = queue {
            queue.flush();
            queue.close();
        }
    }
}

/// Waits a moment until the functions were told what is in the queue: the process ends then.
pub(crate) fn flush() {
    if let Some(queue) = live() {
        queue.flush();
    }
}
