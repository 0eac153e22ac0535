//! Telling functions of the program's what happens in the life of its app: an observer, and a reporter, which takes the lines
//! that standard error would have.
//!
//! # Why a thread of its own
//!
//! Whoever tells what has happened, as the listener does, must not run code of the program's, which may take locks, block or
//! panic. So an event goes to a queue, and a thread that has nothing else to do calls the functions. Nobody waits for it but the
//! exit, and that for a moment ([`PATIENCE`]); and for an error to be reported whoever waits for it to be printed otherwise.
//!
//! # What it costs
//!
//! Where nobody observes, to tell is one relaxed load of a flag: no event is made. Shields tell nothing by themselves.
//!
//! # Why the queue is bounded
//!
//! A function that is slower than what happens, or never returns, must not use up the memory. What finds the queue full is
//! counted, and told with the next event that has room.
//!
//! # What is not lost
//!
//! The line of an event stays with it until the reporter has taken it, as a [`Line`] that prints itself where it is dropped
//! before that, if it says why the process ends with a failure. So a queue that is full, a reporter that refuses, panics or
//! blocks, and the end of an app need no more than to drop what they have.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::mem;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use crate::report::{self, Line, Matter, Nobody, Taker};
use crate::signal::{self, Signal};
use crate::status::Status;
use crate::stragglers::Age;
use crate::sync::{lock, spawn};
use crate::sys::PerProcess;
use crate::unwind::{call, discard};

/// How long the end of the process, or of an embedded app, waits until the functions were told what is in the queue.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many events the queue holds.
const MOST: usize = 1024;

/// Something that has happened in the life of an app: what the functions of [`App::observe`](crate::App::observe) and
/// [`App::report`](crate::App::report) are told.
///
/// Its `Display` is the line that standard error has of it, or would have, or else a few words.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event {
    /// When it has happened. The functions are called a little later.
    pub at: Instant,
    /// What has happened.
    pub kind: EventKind,
    /// The line that standard error has of it, where the kind does not say all of that.
    line: Option<String>,
    is_failure: bool,
}

impl Event {
    fn new(kind: EventKind) -> Self {
        Event {
            at: Instant::now(),
            kind,
            line: None,
            is_failure: false,
        }
    }

    /// An event of which standard error has this line.
    fn with_line(kind: EventKind, line: &Line) -> Self {
        let has_it = matches!(kind, EventKind::Failed(_) | EventKind::Noted(_));
        Event {
            line: (!has_it).then(|| line.text().to_owned()),
            is_failure: line.is_failure(),
            ..Event::new(kind)
        }
    }

    /// The line that standard error has of this event, or would have without a function that takes it. `None` for an event of
    /// which it has none.
    ///
    /// Without what it begins with there: `Error: ` for [`EventKind::Failed`], or `aplomb: `.
    #[must_use]
    pub fn line(&self) -> Option<&str> {
        match &self.kind {
            EventKind::Failed(text) | EventKind::Noted(text) => Some(text),
            _ => self.line.as_deref(),
        }
    }

    /// Whether the line says why the process ends with a failure. Such a line goes to standard error where nobody takes it.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.is_failure
    }
}

/// Whether a function of [`App::report`](crate::App::report) has reported an event.
///
/// A function that returns `()` always has. One that returns a `Result` has not where that is an `Err`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// The event was reported, or is of no interest.
    Yes,
    /// The event was not reported: a line of it that says why the process ends with a failure goes to standard error.
    No,
}

impl From<()> for Reported {
    fn from((): ()) -> Self {
        Reported::Yes
    }
}

impl<E> From<Result<(), E>> for Reported {
    fn from(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Reported::Yes,
            Err(_) => Reported::No,
        }
    }
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
    /// The end waits for something, which is named by a line as well: a shield, a function, a child.
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
    /// An error was printed, or reported: the `Err` of a function of the app's, or what else has kept it from doing its work.
    Failed(String),
    /// A line was printed, or reported, of something that is no other event.
    Noted(String),
    /// The app leaves with this status. Nothing follows in an app that is the whole program, but for lines.
    Leaving(Status),
    /// So many events were lost since the one before, since the functions were too slow.
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
    /// A function that the program has registered.
    RegisteredFunction {
        /// By which function of this library: `on_request`, `on_signal` or `at_exit`.
        by: &'static str,
        /// The source file of that call.
        file: &'static str,
        /// The line of that call.
        line: u32,
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
            Work::RegisteredFunction { by, file, line } => {
                write!(f, "function of `{by}` ({file}:{line})")
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
            EventKind::Failed(text) | EventKind::Noted(text) => f.write_str(text),
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
        match self.line() {
            Some(line) => f.write_str(line),
            None => self.kind.fmt(f),
        }
    }
}

/// A function that is told.
pub(crate) type Observer = Box<dyn FnMut(&Event) + Send>;

/// A function that takes lines.
pub(crate) type Reporter = Box<dyn FnMut(&Event) -> Reported + Send>;

/// The functions of an app that are told what happens.
#[derive(Default)]
pub(crate) struct Observers {
    pub(crate) observer: Option<Observer>,
    pub(crate) reporter: Option<Reporter>,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Destination {
    #[default]
    StandardError,
    /// A failure goes to standard error, and everything else nowhere.
    Nowhere,
    Reporter,
}

/// An event that is to be told.
#[derive(Debug)]
struct Entry {
    event: Event,
    /// The line, where the reporter is to take it.
    line: Option<Line>,
}

impl Entry {
    fn is_failure(&self) -> bool {
        self.line.as_ref().is_some_and(Line::is_failure)
    }
}

#[derive(Debug, Default)]
struct State {
    entries: VecDeque<Entry>,
    /// How many found the queue full since the last one that did not.
    lost: u64,
    /// Whether an event is being told.
    busy: bool,
    /// The line of that event, until the reporter has taken it.
    in_hand: Option<Line>,
    lines: Destination,
    /// Nothing more is to come: the thread ends when the queue is empty. Or both functions have panicked: nothing is called.
    closed: bool,
}

impl State {
    /// Adds an entry. Gives back what finds no room.
    fn add(&mut self, entry: Entry) -> Option<Entry> {
        if self.closed {
            return Some(entry);
        }
        if self.entries.len() >= MOST {
            self.lost += 1;
            return Some(entry);
        }
        if self.lost > 0 {
            let event = Event {
                at: entry.event.at,
                ..Event::new(EventKind::Lost(mem::take(&mut self.lost)))
            };
            self.entries.push_back(Entry { event, line: None });
        }
        self.entries.push_back(entry);
        None
    }
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

fn live() -> Option<Arc<Queue>> {
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

impl Taker for Queue {
    fn take(&self, line: Line) {
        let text = line.text().to_owned();
        let kind = match line.matter() {
            Matter::Error => EventKind::Failed(text),
            Matter::Failure | Matter::Note => EventKind::Noted(text),
        };
        self.push(Event::with_line(kind, &line), Some(line));
    }
}

impl Queue {
    fn push(&self, event: Event, line: Option<Line>) {
        // The lock is for the push: the functions are called, and lines are printed, without it.
        let mut state = lock(&self.state);
        let lines = state.lines;
        let (taken, printed) = match lines {
            Destination::Reporter => (line, None),
            Destination::StandardError | Destination::Nowhere => (None, line),
        };
        let refused = state.add(Entry { event, line: taken });
        drop(state);
        self.filled.notify_one();
        match printed {
            Some(line) if lines == Destination::StandardError => line.print(),
            // What is a failure is printed by that.
            other => drop(other),
        }
        drop(refused);
    }

    /// Waits a moment until all in the queue was told. Failures that the reporter has not taken by then are printed.
    fn flush(&self) {
        let end = Instant::now() + PATIENCE;
        // The lock is given back while this thread sleeps, and before anything is printed.
        let mut state = lock(&self.state);
        while state.busy || !state.entries.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.told.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let mut late: Vec<_> = state.in_hand.take().into_iter().collect();
        // The events go as well: the reporter would have them again.
        let entries = mem::take(&mut state.entries);
        let (failures, rest) = entries.into_iter().partition(Entry::is_failure);
        state.entries = rest;
        drop(state);
        late.extend(VecDeque::into_iter(failures).filter_map(|entry| entry.line));
        drop(late);
    }

    /// The reporter is not called any more. Returns the lines that it has not taken, for who prints them without the lock.
    fn lose_reporter(&self) -> Vec<Line> {
        let mut state = lock(&self.state);
        state.lines = Destination::StandardError;
        let first = state.in_hand.take();
        let entries = state.entries.iter_mut();
        let rest: Vec<_> = entries.filter_map(|entry| entry.line.take()).collect();
        first.into_iter().chain(rest).collect()
    }

    /// Nothing more is to come.
    fn close(&self) {
        // The lock is the one under which the thread looks before it sleeps.
        let mut state = lock(&self.state);
        if state.lines == Destination::Reporter {
            state.lines = Destination::StandardError;
        }
        state.closed = true;
        drop(state);
        self.filled.notify_one();
    }
}

/// Has functions told from here on what happens, until the value that is returned is dropped. `says_nothing` is whether lines go
/// nowhere.
///
/// The functions are called from when the thread [begins](Observed::begin): what has happened before is told then.
pub(crate) fn install(observers: Observers, says_nothing: bool) -> Observed {
    let Observers { observer, reporter } = &observers;
    let lines = match reporter {
        Some(_) => Destination::Reporter,
        None if says_nothing => Destination::Nowhere,
        None => Destination::StandardError,
    };
    if observer.is_none() && reporter.is_none() {
        if says_nothing {
            report::set_taker(Some(Arc::new(Nobody)));
        }
        return Observed(None);
    }
    let queue = Arc::new(Queue::default());
    // The lock is free: nobody else has the queue yet.
    lock(&queue.state).lines = lines;
    report::set_taker(Some(Arc::<Queue>::clone(&queue)));
    *lock(&LIVE) = Some(queue);
    IS_OBSERVED.store(true, Ordering::Relaxed);
    Observed(Some(observers))
}

/// An app is being observed, or its lines go elsewhere. When this is dropped that is over, for an app that is a part of a program.
/// Holds the functions until their thread begins.
pub(crate) struct Observed(Option<Observers>);

impl Observed {
    /// Begins the thread that calls the functions.
    ///
    /// # Errors
    ///
    /// When the system has no thread left. Lines are printed then.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        let (Some(observers), Some(queue)) = (self.0.take(), live()) else {
            return Ok(());
        };
        let served = Arc::clone(&queue);
        let thread = Builder::new().name("aplomb-observer".into());
        let begun = spawn(thread, Box::new(move || serve(&served, observers)));
        begun.map(drop).inspect_err(|_| {
            let lines = queue.lose_reporter();
            // The lock is given back by then.
            lock(&queue.state).entries.clear();
            lines.into_iter().for_each(Line::print);
        })
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

/// Calls the functions with one event after the other, until nothing more is to come.
fn serve(queue: &Queue, mut observers: Observers) {
    loop {
        // The lock is given back while this thread sleeps, and before a function is called, which may take long.
        let mut state = lock(&queue.state);
        state.busy = false;
        if state.entries.is_empty() {
            queue.told.notify_all();
        }
        let Some(entry) = state.entries.pop_front() else {
            if state.closed {
                return;
            }
            drop(queue.filled.wait(state));
            continue;
        };
        state.busy = true;
        state.in_hand = entry.line;
        drop(state);
        report_event(queue, &mut observers.reporter, &entry.event);
        if let Some(observer) = &mut observers.observer {
            if let Err(panic) = call(|| observer(&entry.event)) {
                // Dropping the value of a panic is code of the program's, and may panic again.
                mem::forget(panic);
                discard(observers.observer.take());
                report::line("the function of `observe` has panicked, and is not called again");
            }
        }
        if observers.observer.is_none() && observers.reporter.is_none() {
            let mut state = lock(&queue.state);
            state.closed = true;
            state.entries.clear();
            state.busy = false;
            drop(state);
            return queue.told.notify_all();
        }
    }
}

/// Calls the reporter, if there still is one.
fn report_event(queue: &Queue, reporter: &mut Option<Reporter>, event: &Event) {
    let Some(function) = reporter else {
        return;
    };
    match call(|| function(event)) {
        Ok(answer) => {
            // The lock is for this statement: a line is printed without it.
            let line = lock(&queue.state).in_hand.take();
            match (answer, line) {
                (Reported::Yes, Some(line)) => line.taken(),
                // A failure is printed by that.
                (_, line) => drop(line),
            }
        }
        Err(panic) => {
            let lines = queue.lose_reporter();
            // Dropping the value of a panic is code of the program's, and may panic again.
            mem::forget(panic);
            discard(reporter.take());
            report::line("the function of `report` has panicked, and is not called again");
            lines.into_iter().for_each(Line::print);
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
            let observers = Observers {
                observer: Some(Box::new(observer)),
                reporter: None,
            };
            serve(&served, observers);
        });
        let push = |kind| queue.push(Event::new(kind), None);
        push(EventKind::RunCancelled);
        // The function is in its first call.
        while !lock(&queue.state).busy {
            thread::yield_now();
        }
        for _ in 0..MOST + 7 {
            push(EventKind::RunCancelled);
        }
        go_on.send(()).unwrap();
        assert_eq!(told.recv(), Ok(EventKind::RunCancelled));
        // There is room for one, which the count takes; the event itself may be one too many for a moment.
        while lock(&queue.state).entries.len() >= MOST {
            thread::yield_now();
        }
        push(EventKind::Leaving(Status::Code(0)));
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
