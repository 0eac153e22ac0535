//! The events that are still to be told, and the thread that tells them.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::event::{Event, EventKind, Reported};
use super::{Observers, Reporter, Tell};
use crate::report::{self, Line, Matter, Taker};
use crate::signal::Inbox;
use crate::sync::lock;
use crate::unwind::{call, discard, leak};

/// How long the end of the process, or of an embedded app, waits until the functions were told what is in the queue.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many events the queue holds.
const MOST: usize = 1024;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Destination {
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
    /// Whether that event was waited for in vain. Then nobody waits until the next one is told.
    is_stuck: bool,
    /// The line of that event, until the reporter has taken it.
    in_hand: Option<Line>,
    lines: Destination,
    /// How many of the last entries have come after the request, before the listener has told that: they wait for it.
    effects: usize,
    /// Tells whether the shutdown was requested, until that was told or nothing waits for it any more.
    inbox: Option<Arc<Inbox>>,
    /// Nothing more is to come: the thread ends when the queue is empty. Or both functions have panicked: nothing is
    /// called.
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
            let mut event = Event::new(EventKind::Lost(mem::take(&mut self.lost)));
            event.at = entry.event.at;
            self.entries.push_back(Entry { event, line: None });
        }
        self.entries.push_back(entry);
        None
    }

    /// Adds an entry where it is to be told: the request before what has come of it. Gives back what finds no room.
    fn add_in_order(&mut self, mut entry: Entry) -> Option<Entry> {
        let before = self.entries.len();
        let first_effect = before - self.effects;
        let is_request = matches!(entry.event.kind, EventKind::Requested { .. });
        if let Some(effect) = self.entries.get(first_effect).filter(|_| is_request) {
            entry.event.at = effect.event.at;
        }
        let refused = self.add(entry);
        let added = self.entries.len() - before;
        if is_request {
            self.entries.make_contiguous()[first_effect..].rotate_right(added);
            self.release_effects();
        } else if self
            .inbox
            .as_ref()
            .is_some_and(|inbox| inbox.is_requested())
        {
            self.effects += added;
        }
        refused
    }

    /// No entry waits for the request any more: it was told, or the process ends.
    fn release_effects(&mut self) {
        self.effects = 0;
        self.inbox = None;
    }

    /// Takes the next entry, unless that waits for the request.
    fn next(&mut self) -> Option<Entry> {
        let is_ready = self.entries.len() > self.effects;
        is_ready.then(|| self.entries.pop_front()).flatten()
    }

    /// No line goes to the reporter from here on.
    fn have_lines_printed(&mut self) {
        if self.lines == Destination::Reporter {
            self.lines = Destination::StandardError;
        }
    }
}

/// The queue of the app that is observed.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Notified when there is an event, or never will be.
    filled: Condvar,
    /// Notified when all in the queue was told.
    told: Condvar,
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
    /// A queue that the threads of an app share. Lines go there.
    pub(super) fn shared(lines: Destination) -> Arc<dyn Tell> {
        let state = State {
            lines,
            ..State::default()
        };
        Arc::new(Queue {
            state: Mutex::new(state),
            ..Queue::default()
        })
    }

    /// The reporter is not called any more. Returns the lines that it has not taken, for who prints them without the
    /// lock.
    fn lose_reporter(&self) -> Vec<Line> {
        let mut state = lock(&self.state);
        state.have_lines_printed();
        let first = state.in_hand.take();
        let entries = state.entries.iter_mut();
        let rest: Vec<_> = entries.filter_map(|entry| entry.line.take()).collect();
        first.into_iter().chain(rest).collect()
    }
}

impl Tell for Queue {
    fn begin(&self, inbox: &Arc<Inbox>) {
        // The lock is that of all that belongs to the queue.
        lock(&self.state).inbox = Some(Arc::clone(inbox));
    }

    fn push(&self, event: Event, line: Option<Line>) {
        // The lock is for the push: the functions are called, and lines are printed, without it.
        let mut state = lock(&self.state);
        let lines = state.lines;
        let (taken, printed) = match lines {
            Destination::Reporter => (line, None),
            Destination::StandardError | Destination::Nowhere => (None, line),
        };
        let refused = state.add_in_order(Entry { event, line: taken });
        drop(state);
        self.filled.notify_one();
        match printed {
            Some(line) if lines == Destination::StandardError => line.print(),
            // What is a failure is printed by that.
            other => drop(other),
        }
        drop(refused);
    }

    fn flush(&self) {
        let end = Instant::now() + PATIENCE;
        // The lock is given back while this thread sleeps, and before anything is printed.
        let mut state = lock(&self.state);
        state.release_effects();
        self.filled.notify_one();
        while !state.is_stuck && (state.busy || !state.entries.is_empty()) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.is_stuck = true;
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

    fn abandon(&self) {
        let lines = self.lose_reporter();
        // The lock is given back before anything is printed.
        let mut state = lock(&self.state);
        state.closed = true;
        state.entries.clear();
        state.release_effects();
        state.busy = false;
        drop(state);
        self.told.notify_all();
        lines.into_iter().for_each(Line::print);
    }

    fn close(&self) {
        // The lock is the one under which the thread looks before it sleeps.
        let mut state = lock(&self.state);
        state.have_lines_printed();
        state.closed = true;
        drop(state);
        self.filled.notify_one();
    }

    fn serve(&self, mut observers: Observers) {
        loop {
            // The lock is given back while this thread sleeps, and before a function is called, which may take long.
            let mut state = lock(&self.state);
            state.busy = false;
            state.is_stuck = false;
            if state.entries.is_empty() {
                self.told.notify_all();
            }
            let Some(entry) = state.next() else {
                if state.closed {
                    return;
                }
                drop(self.filled.wait(state));
                continue;
            };
            state.busy = true;
            state.in_hand = entry.line;
            drop(state);
            report_event(self, &mut observers.reporter, &entry.event);
            if let Some(observer) = &mut observers.observer {
                if let Err(panic) = call(|| observer(&entry.event)) {
                    leak(panic);
                    discard(observers.observer.take());
                    report::line("the function of `observe` has panicked, and is not called again");
                }
            }
            if !observers.is_some() {
                return self.abandon();
            }
        }
    }

    fn taker(self: Arc<Self>) -> Arc<dyn Taker> {
        self
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
            leak(panic);
            discard(reporter.take());
            report::line("the function of `report` has panicked, and is not called again");
            lines.into_iter().for_each(Line::print);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Began;
    use crate::status::Status;
    use std::sync::mpsc::channel;
    use std::thread;

    /// Whoever ends an app or the process may look several times, and waits once for a function that blocks.
    #[test]
    fn a_function_that_blocks_is_waited_for_once() {
        let queue = Arc::new(Queue::default());
        let (go_on, held) = channel::<()>();
        let served = Arc::clone(&queue);
        let observer = thread::spawn(move || {
            let mut observers = Observers::default();
            observers.observe(Box::new(move |_| {
                let _ = held.recv();
            }));
            served.serve(observers);
        });
        queue.push(Event::new(EventKind::RunCancelled), None);
        let wait = || {
            let began = Instant::now();
            queue.flush();
            began.elapsed()
        };
        assert!(wait() >= PATIENCE);
        // Three attempts, for a machine that is busy.
        assert!((0..3).any(|_| wait() < PATIENCE));
        drop(go_on);
        queue.close();
        observer.join().unwrap();
    }

    /// What comes of a request is told behind it, also where the listener comes late. At the end nothing waits for it.
    #[test]
    fn the_request_is_told_before_what_comes_of_it() {
        let inbox = Arc::new(Inbox::new(false, 0).expect("there are descriptors"));
        let queue = Queue::default();
        queue.begin(&inbox);
        let push = |kind| queue.push(Event::new(kind), None);
        let request = || EventKind::Requested {
            why: String::new(),
            signal: None,
        };
        let entries = || -> Vec<_> {
            let state = lock(&queue.state);
            let ready = state.entries.len() - state.effects;
            let kinds = state.entries.iter().map(|entry| entry.event.kind.clone());
            kinds.take(ready).collect()
        };
        push(EventKind::Lost(1));
        inbox.begin(Began::Returned);
        push(EventKind::Lost(2));
        push(EventKind::Lost(3));
        assert_eq!(entries(), [EventKind::Lost(1)]);
        push(request());
        push(EventKind::Lost(4));
        let [one, two, three, four] = [1, 2, 3, 4].map(EventKind::Lost);
        assert_eq!(entries(), [one, request(), two.clone(), three, four]);
        let times: Vec<_> = {
            let state = lock(&queue.state);
            state.entries.iter().map(|entry| entry.event.at).collect()
        };
        assert!(times.is_sorted());

        let queue = Queue::default();
        queue.begin(&inbox);
        queue.push(Event::new(two.clone()), None);
        assert!(lock(&queue.state).next().is_none());
        lock(&queue.state).is_stuck = true;
        queue.flush();
        assert_eq!(lock(&queue.state).entries[0].event.kind, two);
    }

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
            let mut observers = Observers::default();
            observers.observe(Box::new(observer));
            served.serve(observers);
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
}
