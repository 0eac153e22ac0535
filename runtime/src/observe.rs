//! Telling a function of the program's what happens in the life of its app.
//!
//! # Why a thread of its own
//!
//! Whoever tells what has happened, as the listener does, must not run code of the program's, which may take locks, block or
//! panic. So an event goes to a queue, and a thread that has nothing else to do calls the function. Nobody waits for it but the
//! exit, and that for a moment ([`PATIENCE`]).
//!
//! # What it costs
//!
//! Where nobody observes, to tell is one relaxed load of a flag: no event is made. Shields tell nothing by themselves.
//!
//! # Why the queue is bounded
//!
//! A function that is slower than what happens, or never returns, must not use up the memory. What finds the queue full is
//! counted, and told with the next event that has room.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::mem;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use crate::report;
use crate::signal::{self, Signal};
use crate::status::Status;
use crate::stragglers::Age;
use crate::sync::{lock, spawn};
use crate::sys::PerProcess;
use crate::unwind::call;

/// How long the end of the process, or of an embedded app, waits until the function was told what is in the queue.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many events the queue holds.
const MOST: usize = 1024;

/// Something that has happened in the life of an app: what the function of [`App::observe`](crate::App::observe) is told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event {
    /// When it has happened. The function is called a little later.
    pub at: Instant,
    /// What has happened.
    pub kind: EventKind,
}

// The variants of this and of `Work` do not have the names of other things of this library. Where two things share a name, rustc
// prints both with their paths, also in its messages about phases.
/// What has happened in the life of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// The app has begun to do this.
    Began(Work),
    /// The app has done this, well or not.
    Finished {
        /// What has ended.
        work: Work,
        /// How long it has taken.
        after: Duration,
    },
    /// The shutdown was requested.
    Requested {
        /// What has asked for it, in words: those of [`Shutdown::reason`](crate::Shutdown::reason).
        why: String,
        /// The shutdown signal, if it was one.
        signal: Option<Signal>,
    },
    /// A further shutdown signal has come that counts: the first one, where something else had made the request, or a SIGINT by
    /// which the user insists.
    Signalled(Signal),
    /// `run` is cancelled. Where the app does not drain this comes with the request.
    RunCancelled,
    /// The end waits for something, which is named on standard error as well: a shield, a function, a child.
    HeldUp {
        /// What that is, in words.
        by: String,
        /// For how long it has been waited for.
        since: Duration,
    },
    /// Something has happened to a child of the feature `process`.
    ChildChanged {
        /// What the child is called.
        name: String,
        /// Its process id.
        id: u32,
        /// What has happened.
        what: ChildEvent,
    },
    /// A limit of the app has passed.
    LimitPassed {
        /// The name of the option, such as `timeout(stop)`.
        option: &'static str,
        /// How long it was.
        limit: Duration,
    },
    /// The app leaves with this status. Nothing follows in an app that is the whole program.
    Leaving(Status),
    /// So many events were lost since the one before, since the function was too slow.
    Lost(u64),
}

/// What happens to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildEvent {
    /// The child was started, and has become its program.
    Started,
    /// The child was asked to end.
    Asked,
    /// The child was killed, with its group: it had not ended within its grace, or in time.
    Killed,
    /// The child is over, with its group where it was asked to end. `None` where other code has taken its status.
    Reaped(Option<ExitStatus>),
}

impl fmt::Display for ChildEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChildEvent::Started => f.write_str("started"),
            ChildEvent::Asked => f.write_str("asked to end"),
            ChildEvent::Killed => f.write_str("killed"),
            ChildEvent::Reaped(Some(status)) => write!(f, "ended: {status}"),
            ChildEvent::Reaped(None) => f.write_str("ended"),
        }
    }
}

/// What an app does: a phase, a function of a component, a function that the library calls for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Work {
    /// The body of `main`.
    Body,
    /// `start`; of all components together.
    StartPhase,
    /// `run`; of all components together.
    RunPhase,
    /// `stop`, with what undoes `start`; of all components together.
    StopPhase,
    /// What undoes a failed `start`.
    Rollback,
    /// The exit functions.
    ExitFunctions,
    /// A function of one component.
    ComponentFunction {
        /// The name of the component.
        component: &'static str,
        /// Which function it is: `start`, `run` or `stop`.
        function: &'static str,
    },
    /// The function that a signal calls, by the number of the signal.
    SignalFunction(i32),
    /// A step of a [`Cleanup`](crate::Cleanup).
    CleanupStep {
        /// The name of the step.
        step: &'static str,
        /// The component that has pushed it, if one has.
        component: Option<&'static str>,
    },
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Body => f.write_str("the body of `main`"),
            Work::StartPhase => f.write_str("`start`"),
            Work::RunPhase => f.write_str("`run`"),
            Work::StopPhase => f.write_str("`stop`"),
            Work::Rollback => f.write_str("what undoes `start`"),
            Work::ExitFunctions => f.write_str("the exit functions"),
            Work::ComponentFunction {
                component,
                function,
            } => write!(f, "`{function}` of component `{component}`"),
            Work::SignalFunction(number) => match signal::name(*number) {
                Some(name) => write!(f, "the function of {name}"),
                None => write!(f, "the function of signal {number}"),
            },
            Work::CleanupStep { step, component } => {
                write!(f, "`Cleanup` step `{step}`")?;
                component.map_or(Ok(()), |name| write!(f, " of component `{name}`"))
            }
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventKind::Began(work) => write!(f, "{work}: begun"),
            EventKind::Finished { work, after } => write!(f, "{work}: ended after {}", Age(*after)),
            EventKind::Requested { why, .. } => write!(f, "the shutdown was requested: {why}"),
            EventKind::Signalled(signal) => write!(f, "a further signal: {signal}"),
            EventKind::RunCancelled => f.write_str("`run` is cancelled"),
            EventKind::HeldUp { by, since } => write!(f, "waiting for {by}, for {}", Age(*since)),
            EventKind::ChildChanged { name, id, what } => {
                write!(f, "child `{name}` (pid {id}): {what}")
            }
            EventKind::LimitPassed { option, limit } => {
                write!(f, "{option} of {limit:?} has passed")
            }
            EventKind::Leaving(Status::Code(code)) => write!(f, "leaving with status {code}"),
            EventKind::Leaving(Status::Signal(number)) => match signal::name(*number) {
                Some(name) => write!(f, "dying by {name}"),
                None => write!(f, "dying by signal {number}"),
            },
            EventKind::Lost(count) => write!(f, "{count} events were lost"),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// The function that is told.
pub(crate) type Observer = Box<dyn FnMut(&Event) + Send>;

#[derive(Debug, Default)]
struct State {
    events: VecDeque<Event>,
    /// How many found the queue full since the last one that did not.
    lost: u64,
    /// Whether the function is being called.
    busy: bool,
    /// Nothing more is to come: the thread ends when the queue is empty. Or the function has panicked: nothing is called.
    closed: bool,
}

/// The queue of the app that is observed.
#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    /// Notified when there is an event, or never will be.
    filled: Condvar,
    /// Notified when all in the queue was told.
    told: Condvar,
}

/// Whether somebody observes, so that where nobody does nothing is made. A forked child looks at [`LIVE`], which is empty
/// there.
static IS_OBSERVED: AtomicBool = AtomicBool::new(false);

/// The queue of the live app. A forked child has none: the thread is its parent's.
static LIVE: PerProcess<Mutex<Option<Arc<Queue>>>> = PerProcess::new(Mutex::default);

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
    // The lock is for the copy only.
    let live = lock(&LIVE).clone();
    if let Some(queue) = live {
        queue.push(kind);
    }
}

impl Queue {
    fn push(&self, kind: EventKind) {
        let at = Instant::now();
        // The lock is for the push: the function is called without it.
        let mut state = lock(&self.state);
        if state.closed {
            return;
        }
        if state.events.len() >= MOST {
            state.lost += 1;
            return;
        }
        if state.lost > 0 {
            let kind = EventKind::Lost(mem::take(&mut state.lost));
            state.events.push_back(Event { at, kind });
        }
        state.events.push_back(Event { at, kind });
        drop(state);
        self.filled.notify_one();
    }
}

/// Has a function told from here on what happens, on a thread of its own, until the value that is returned is dropped.
///
/// # Errors
///
/// When the system has no thread left.
pub(crate) fn begin(observer: Observer) -> io::Result<Observed> {
    let queue = Arc::new(Queue::default());
    let served = Arc::clone(&queue);
    let thread = Builder::new().name("aplomb-observer".into());
    spawn(thread, Box::new(move || serve(&served, observer)))?;
    *lock(&LIVE) = Some(queue);
    IS_OBSERVED.store(true, Ordering::Relaxed);
    Ok(Observed(()))
}

/// An app is being observed. When this is dropped that is over, for an app that is a part of a program.
#[derive(Debug)]
pub(crate) struct Observed(());

impl Drop for Observed {
    fn drop(&mut self) {
        flush();
        IS_OBSERVED.store(false, Ordering::Relaxed);
        let queue = lock(&LIVE).take();
        if let Some(queue) = queue {
            // The lock is the one under which the thread looks before it sleeps.
            lock(&queue.state).closed = true;
            queue.filled.notify_one();
        }
    }
}

/// Waits a moment until the function was told what is in the queue: the process ends then, or the app.
pub(crate) fn flush() {
    // The lock is for the copy only.
    let Some(queue) = lock(&LIVE).clone() else {
        return;
    };
    let end = Instant::now() + PATIENCE;
    // The lock is given back while this thread sleeps.
    let mut state = lock(&queue.state);
    while state.busy || !state.events.is_empty() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || state.closed {
            return;
        }
        let waited = queue.told.wait_timeout(state, left);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Calls the function with one event after the other, until nothing more is to come.
fn serve(queue: &Queue, mut observer: Observer) {
    loop {
        // The lock is given back while this thread sleeps, and before the function is called, which may take long.
        let mut state = lock(&queue.state);
        state.busy = false;
        if state.events.is_empty() {
            queue.told.notify_all();
        }
        let Some(event) = state.events.pop_front() else {
            if state.closed {
                return;
            }
            drop(queue.filled.wait(state));
            continue;
        };
        state.busy = true;
        drop(state);
        if let Err(panic) = call(|| observer(&event)) {
            // Dropping the value of a panic is code of the program's, and may panic again.
            mem::forget(panic);
            report::line("the function of `observe` has panicked, and is not called again");
            let mut state = lock(&queue.state);
            state.closed = true;
            state.events.clear();
            state.busy = false;
            drop(state);
            return queue.told.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::thread;

    /// What finds no room is counted, and told with the next event that has room.
    #[test]
    fn a_slow_function_loses_events() {
        let queue = Arc::new(Queue::default());
        let ((go_on, held), (send, told)) = (channel::<()>(), channel());
        let served = Arc::clone(&queue);
        let observer = thread::spawn(move || {
            let observer = move |event: &Event| {
                let _ = held.recv();
                let _ = send.send(event.kind.clone());
            };
            serve(&served, Box::new(observer));
        });
        queue.push(EventKind::RunCancelled);
        // The function is in its first call.
        while !lock(&queue.state).busy {
            thread::yield_now();
        }
        for _ in 0..MOST + 7 {
            queue.push(EventKind::RunCancelled);
        }
        go_on.send(()).unwrap();
        assert_eq!(told.recv(), Ok(EventKind::RunCancelled));
        // There is room for one, which the count takes; the event itself may be one too many for a moment.
        while lock(&queue.state).events.len() >= MOST {
            thread::yield_now();
        }
        queue.push(EventKind::Leaving(Status::Code(0)));
        drop(go_on);
        lock(&queue.state).closed = true;
        queue.filled.notify_one();
        observer.join().unwrap();
        let rest: Vec<_> = told.iter().collect();
        assert_eq!(
            rest[rest.len() - 2..],
            [EventKind::Lost(7), EventKind::Leaving(Status::Code(0))]
        );
        assert_eq!(rest.len(), MOST + 2);
    }

    #[test]
    fn each_thing_has_words() {
        let words = [
            (EventKind::Began(Work::StartPhase), "`start`: begun"),
            (
                EventKind::Finished {
                    work: Work::ComponentFunction {
                        component: "cache",
                        function: "stop",
                    },
                    after: Duration::from_millis(1_250),
                },
                "`stop` of component `cache`: ended after 1.2 s",
            ),
            (
                EventKind::LimitPassed {
                    option: "deadline",
                    limit: Duration::from_secs(3),
                },
                "deadline of 3s has passed",
            ),
            (
                EventKind::Leaving(Status::Code(124)),
                "leaving with status 124",
            ),
            (
                EventKind::Leaving(Status::Signal(signal::SIGTERM)),
                "dying by SIGTERM",
            ),
        ];
        for (kind, text) in words {
            assert_eq!(kind.to_string(), text);
        }
    }
}
