//! What comes of a start, which a forking thread finds out and another thread waits for.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::supervisor::{LONG, Supervisor};
use crate::error::Cancelled;
use crate::shield::Point;
use crate::shutdown;
use crate::sync::lock;
use crate::sys::{self, Event};

pub(super) struct Answer<T> {
    state: Mutex<State<T>>,
    /// Notified when the answer is there.
    given: Condvar,
}

struct State<T> {
    answer: Option<T>,
    /// Set when the answer is there, where somebody has waited for so long that more than the answer may end the wait.
    event: Option<Arc<Event>>,
}

impl<T> Answer<T> {
    pub(super) fn new() -> Self {
        Answer {
            state: Mutex::new(State {
                answer: None,
                event: None,
            }),
            given: Condvar::new(),
        }
    }

    /// Gives the answer. Nobody may take it any more, so what it owns may be dropped by this thread, later.
    pub(super) fn give(&self, answer: T) {
        // The answer is written under the lock that the other side looks under, so that the other side does not fall
        // asleep after the notification.
        let mut state = lock(&self.state);
        state.answer = Some(answer);
        if let Some(event) = &state.event {
            event.set();
        }
        drop(state);
        self.given.notify_one();
    }

    /// Takes the answer, if it is there.
    pub(super) fn take(&self) -> Option<T> {
        // The lock is for the take only, since the other side may be giving the answer.
        lock(&self.state).answer.take()
    }

    /// Waits for the answer, for so long at the most. Returns whether it is there.
    pub(super) fn wait_at_most(&self, limit: Duration) -> bool {
        // The lock is given back while this thread sleeps.
        let waited = self
            .given
            .wait_timeout_while(lock(&self.state), limit, |state| state.answer.is_none());
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.answer.is_some()
    }

    /// Waits for the answer until then. Returns whether it is there. A wait that lasts is an interruption point, and
    /// lets others overtake the start that everybody waits for.
    pub(super) fn wait(
        &self,
        supervisor: &Arc<Supervisor>,
        until: Option<Instant>,
    ) -> io::Result<Result<bool, Cancelled>> {
        let left = || until.map(|until| until.saturating_duration_since(Instant::now()));
        // Nearly all starts take a few milliseconds. They are not ended half-way, and need no descriptor for this.
        if self.wait_at_most(left().map_or(LONG, |left| left.min(LONG))) {
            return Ok(Ok(true));
        }
        let event = self.event()?;
        loop {
            let again = supervisor.overtake();
            let limit = [again, left()].into_iter().flatten().min();
            let come = match shutdown::current() {
                Some(shutdown) => shutdown.wait_until_ready(Point::Start, &[&*event], limit)?,
                None => Ok(sys::wait_until_ready(&[&*event], limit)?),
            };
            match come {
                Ok(Some(_)) => return Ok(Ok(true)),
                Ok(None) if left().is_some_and(|left| left.is_zero()) => return Ok(Ok(false)),
                Ok(None) => {}
                Err(cancelled) => return Ok(Err(cancelled)),
            }
        }
    }

    /// Returns an event that is set when the answer is there.
    fn event(&self) -> io::Result<Arc<Event>> {
        let event = Arc::new(Event::new()?);
        // The lock is held for the look and the note, so that an answer either is seen here, or sets the event.
        let mut state = lock(&self.state);
        if state.answer.is_some() {
            event.set();
        }
        state.event = Some(Arc::clone(&event));
        Ok(event)
    }
}
