//! Waiting until the app is past a phase.
//!
//! The listener knows when a phase has changed, but can wake no task: that is to run code of an executor. So a thread
//! does it, which the first task that waits starts. Phases follow each other in one direction. So there is a list of
//! tasks for each phase, whose tasks are woken once.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread;

use once_cell::sync::OnceCell;

use super::waiter::Waiter;
use super::waiters::Waiters;
use super::{Phase, Shutdown};
use crate::sync::{lock, spawn};

/// How many phases have another one behind them.
const PASSED: usize = Phase::Leaving as usize;

/// Who waits for a change of the phase.
#[derive(Debug)]
pub(super) struct PhaseChanges {
    state: Mutex<State>,
    /// Notified when the phase has changed, and when the handle is gone.
    changed: Condvar,
    /// The tasks that wait until a phase is over: a list for each, by its number. One list for each is enough, since
    /// there is mostly one such task.
    waiters: Waiters,
    /// Set when the thread was started that wakes them.
    is_watched: OnceCell<()>,
}

#[derive(Debug)]
struct State {
    /// The phase that those who wait were told of.
    told: Phase,
    /// The handle is gone: nothing changes any more.
    closed: bool,
}

impl PhaseChanges {
    pub(super) fn new() -> Self {
        PhaseChanges {
            state: Mutex::new(State {
                told: Phase::Starting,
                closed: false,
            }),
            changed: Condvar::new(),
            waiters: Waiters::new(PASSED),
            is_watched: OnceCell::new(),
        }
    }

    /// Ends the thread: the handle is gone.
    pub(super) fn close(&self) {
        // The lock is the one under which the thread looks before it sleeps.
        lock(&self.state).closed = true;
        self.changed.notify_all();
    }

    /// Sleeps until those who wait are told of a later phase than this. Returns `None` when that cannot come any more.
    fn await_later(&self, phase: Phase) -> Option<Phase> {
        // The lock is given back while this thread sleeps.
        let mut state = lock(&self.state);
        while state.told <= phase {
            if state.closed {
                return None;
            }
            state = self.sleep(state);
        }
        Some(state.told)
    }

    fn sleep<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let woken = self.changed.wait(state);
        woken.unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the thread that wakes tasks, if it is not there. Called when a task waits.
    ///
    /// # Panics
    ///
    /// If the system cannot start the thread.
    fn ensure_watched(self: &Arc<Self>) {
        let start = || {
            let changes = Arc::clone(self);
            let thread = thread::Builder::new().name("aplomb-phases".into());
            spawn(thread, Box::new(move || changes.serve())).map(drop)
        };
        // Of several tasks one starts the thread, and the others wait until it is there, or try themselves: so no task
        // goes to sleep without it.
        if let Err(error) = self.is_watched.get_or_try_init(start) {
            panic!("cannot start the thread that wakes tasks: {error}");
        }
    }

    /// Wakes the tasks that wait for each phase that is over, until the last one is.
    fn serve(&self) {
        let mut over = 0;
        let mut seen = Phase::Starting;
        while over < PASSED {
            let Some(phase) = self.await_later(seen) else {
                return;
            };
            seen = phase;
            while over < phase as usize {
                self.waiters.wake_shard(over);
                over += 1;
            }
        }
    }
}

impl Shutdown {
    /// Waits until the app is past this phase, in a task, on any executor, and returns the [phase](Self::phase) that
    /// has followed. Some may be left out: an app that does not drain goes from `Running` to `Stopping`.
    ///
    /// This is for readiness and metrics. No shield hides the phase, and this is no interruption point. Behind
    /// [`Phase::Leaving`] nothing follows: that wait never ends. A thread calls [`wait_past`](Self::wait_past).
    ///
    /// ```
    /// use aplomb::Phase;
    ///
    /// # struct Health;
    /// # impl Health { fn set_ready(&self, ready: bool) {} }
    /// # futures_executor::block_on(async {
    /// # let (health, shutdown) = (Health, aplomb::Shutdown::new());
    /// # shutdown.request("an example");
    /// let mut phase = shutdown.phase();
    /// while phase < Phase::Stopping {
    ///     health.set_ready(phase == Phase::Running);
    ///     phase = shutdown.past(phase).await;
    /// }
    /// # });
    /// ```
    ///
    /// A forked child has a copy of the handle, and nothing changes it there.
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped at any time, and made again. A phase does not come back, so no change is missed.
    ///
    /// # Panics
    ///
    /// When the future is polled: if the system cannot start the thread that wakes tasks.
    pub fn past(&self, phase: Phase) -> WaitForPhase<'_> {
        WaitForPhase {
            shutdown: self,
            phase,
            waiter: Waiter::new(&self.shared.phase_changes.waiters),
        }
    }

    /// Blocks until the app is past this phase, and returns the [phase](Self::phase) that has followed: for a thread
    /// that shows how far the app is. A task awaits [`past`](Self::past).
    ///
    /// No shield hides the phase, and this is no interruption point: a `run` that waits for the end of its own phase is
    /// cancelled by nothing else. Behind [`Phase::Leaving`] nothing follows: that wait never ends.
    ///
    /// ```
    /// use aplomb::Phase;
    ///
    /// # let shutdown = aplomb::Shutdown::new();
    /// # shutdown.request("an example");
    /// assert_eq!(shutdown.wait_past(Phase::Running), Phase::Stopping);
    /// ```
    #[allow(
        clippy::must_use_candidate,
        reason = "the wait is what most callers are after"
    )]
    pub fn wait_past(&self, phase: Phase) -> Phase {
        let changes = &self.shared.phase_changes;
        let mut state = lock(&changes.state);
        // What a thread sees by `phase` may not have been told yet. The lock is given back while this thread sleeps.
        loop {
            let now = self.phase();
            if now > phase {
                return now;
            }
            state = changes.sleep(state);
        }
    }

    /// Tells those who wait for a change of the phase, if there was one. The listener calls this, and who makes a
    /// request by a call.
    pub(crate) fn tell_phase(&self) {
        if !self.inbox().is_home() {
            return;
        }
        let changes = &self.shared.phase_changes;
        let phase = self.phase();
        // The lock is the one under which they look before they sleep.
        let mut state = lock(&changes.state);
        if state.told < phase {
            state.told = phase;
            drop(state);
            changes.changed.notify_all();
        }
    }
}

/// The future that [`Shutdown::past`] returns.
#[must_use = "a future does nothing unless it is awaited"]
pub struct WaitForPhase<'a> {
    shutdown: &'a Shutdown,
    phase: Phase,
    waiter: Waiter<'a>,
}

impl Future for WaitForPhase<'_> {
    type Output = Phase;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Phase> {
        let this = self.get_mut();
        loop {
            let now = this.shutdown.phase();
            if now > this.phase {
                // The list goes away when its tasks are woken. Those who come sooner give their place back when they
                // are dropped.
                return Poll::Ready(now);
            }
            let list = this.phase as usize;
            if list >= PASSED {
                return Poll::Pending;
            }
            // `register` returns `false` if the tasks were woken since the look at the phase, so that a change in
            // between is not missed. The thread begins with all phases that are over, so it may be started behind that.
            let shared = &this.shutdown.shared;
            if this.waiter.register(list, context.waker()) {
                // In a forked child nothing changes the phase.
                if shared.inbox.is_home() {
                    shared.phase_changes.ensure_watched();
                }
                return Poll::Pending;
            }
        }
    }
}

impl fmt::Debug for WaitForPhase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitForPhase")
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::Stage;
    use crate::signal::Began;
    use crate::wake::block_on;

    /// Each change is seen, by a thread and by a task, whatever comes first: the wait or the change.
    #[test]
    fn each_change_is_seen() {
        for _ in 0..200 {
            let (shutdown, drain) = Shutdown::draining();
            let watch = |next: fn(&Shutdown, Phase) -> Phase| {
                let shutdown = shutdown.clone();
                thread::spawn(move || {
                    let mut seen = vec![shutdown.phase()];
                    while let Some(&last) = seen.last().filter(|&&last| last < Phase::Leaving) {
                        seen.push(next(&shutdown, last));
                    }
                    seen
                })
            };
            let watching = [
                watch(Shutdown::wait_past),
                watch(|shutdown, phase| block_on(shutdown.past(phase))),
            ];
            shutdown.begin(Began::Failed);
            drop(drain);
            shutdown.note_stage(Stage::Leaving);
            for thread in watching {
                let seen = thread.join().expect("it ends");
                assert!(
                    seen.is_sorted() && seen.last() == Some(&Phase::Leaving),
                    "{seen:?}"
                );
            }
        }
    }

    /// What is dropped before leaves nothing behind.
    #[test]
    fn a_wait_that_is_given_up_is_forgotten() {
        let shutdown = Shutdown::new();
        let mut waits = Box::pin(shutdown.past(Phase::Running));
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(waits.as_mut().poll(&mut context).is_pending());
        drop(waits);
        shutdown.request("a test");
        assert_eq!(block_on(shutdown.past(Phase::Running)), Phase::Stopping);
        assert_eq!(shutdown.wait_past(Phase::Starting), Phase::Stopping);
    }
}
