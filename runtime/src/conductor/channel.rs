//! The channel by which the listener commands the app's thread. The answers come back as [events](crate::events).
//!
//! The limits that the value of the body has led to go the other way, once.
//!
//! At most one command is under way, since the listener gives the next one when the last step has ended. The channel of
//! the standard library would do as well, but it would be a quarter of all the code that a user's clean build compiles
//! for this library (measured).
//!
//! In an async app a task waits for the commands. To wake a task is to run code of its executor, for which the listener
//! must not wait. So the listener only rings a *bell*, an event on which the waker's thread sleeps (`waker.rs`), and
//! that thread wakes the task.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Limits;
use crate::lifecycle::Step;
use crate::status::Status;
use crate::sync::lock;
use crate::sys::{self, Event};
use crate::wake::contained;

/// A command for the app's thread.
#[derive(Debug, Clone, Copy)]
pub(super) enum Command {
    /// To run this step.
    Do(Step),
    /// To leave with this status.
    Leave(Status),
}

/// The channel of one app.
#[derive(Debug)]
pub(super) struct Channel {
    state: Mutex<State>,
    /// Notified when a command was set, for an app's thread that blocks.
    commanded: Condvar,
    /// The event that the waker's thread sleeps on; only in an async app.
    bell: Option<Event>,
}

#[derive(Debug, Default)]
struct State {
    command: Option<Command>,
    /// Whether `run` is to be given up: its future is to be dropped where it waits.
    given_up: bool,
    /// The turn of the component whose `stop` is to be left behind.
    left_behind: Option<u32>,
    /// Wakes the task on the app's thread. In an app of threads that is there for a `stop` with a limit of its own
    /// alone.
    task: Option<Arc<Waker>>,
    /// Whether the app's thread has ended.
    closed: bool,
    /// The limits that the app's thread has found, if it has.
    limits: Option<Limits>,
}

impl Channel {
    /// A channel for an async app, or for an app of threads.
    ///
    /// # Errors
    ///
    /// When the process or the system has no file descriptor left.
    pub(super) fn new(is_async: bool) -> io::Result<Self> {
        let bell = is_async.then(Event::new);
        Ok(Channel {
            state: Mutex::default(),
            commanded: Condvar::new(),
            bell: bell.transpose()?,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Gives the app's thread its next command. Only the listener calls this.
    pub(super) fn tell(&self, command: Command) {
        self.state().command = Some(command);
        // Both kinds of waiting are woken after the command is there to be found.
        self.commanded.notify_one();
        self.ring();
    }

    /// Tells the app's task to give up `run`. Only the listener calls this.
    pub(super) fn give_up(&self) {
        self.state().given_up = true;
        self.ring();
    }

    /// Tells the app's thread to leave the `stop` behind whose turn this is. Only the listener calls this.
    pub(super) fn leave_behind(&self, turn: u32) {
        self.state().left_behind = Some(turn);
        if self.bell.is_some() {
            self.ring();
        } else {
            // In an app of threads the waker is that of our own `block_on`, and no code of an executor.
            self.wake_task();
        }
    }

    /// Whether the `stop` is to be left behind whose turn this is. The current task is woken when that changes.
    pub(super) fn is_left_behind(&self, turn: u32, context: &Context<'_>) -> bool {
        // The waker is registered before the look, as in `poll_command`.
        self.register_task(context);
        self.state().left_behind == Some(turn)
    }

    /// Has the waker's thread look for what has happened, and wake the app's task. That task is
    /// polled then, which shows that it does not block its thread.
    pub(super) fn ring(&self) {
        if let Some(bell) = &self.bell {
            bell.set();
        }
    }

    /// Leaves limits for the listener. Only the app's thread calls this, and tells the listener after that.
    pub(super) fn leave_limits(&self, limits: Limits) {
        self.state().limits = Some(limits);
    }

    /// The limits that the app's thread has left, if it has.
    pub(super) fn limits(&self) -> Option<Limits> {
        self.state().limits
    }

    /// The event that the waker's thread sleeps on.
    pub(super) fn bell(&self) -> Option<&Event> {
        self.bell.as_ref()
    }

    /// Wakes the app's task. In an async app only the waker's thread calls this.
    pub(super) fn wake_task(&self) {
        // The listener takes this lock, so no code of the executor runs under it. Cloning a waker is such code as well:
        // so the waker is in an `Arc`, and it is woken by its reference in a statement of its own.
        let task = self.state().task.clone();
        if let Some(task) = task {
            // With the last reference, the drop is contained as well.
            contained(move || {
                task.wake_by_ref();
                drop(task);
            });
        }
    }

    /// Whether the app's thread has ended, so that there is no task left to wake.
    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Says that the app's thread ends, and with it the waker's thread.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let task = state.task.take();
        // Dropping a waker is the executor's code, so the lock is released first. Its panic must not keep the bell from
        // ringing, on which a thread of ours sleeps.
        drop(state);
        contained(move || drop(task));
        self.ring();
    }

    /// Has the current task woken from here on whenever the listener has something for it. Returns whether
    /// `run` is to be given up.
    pub(super) fn register_task(&self, context: &Context<'_>) -> bool {
        let state = self.state();
        let known = state.task.as_ref();
        if known.is_some_and(|known| known.will_wake(context.waker())) {
            return state.given_up;
        }
        // Cloning and dropping a waker is the executor's code, so the lock is released meanwhile. No other task
        // registers here.
        drop(state);
        let task = Arc::new(context.waker().clone());
        let mut state = self.state();
        let replaced = state.task.replace(task);
        let given_up = state.given_up;
        drop(state);
        drop(replaced);
        given_up
    }

    /// Polls for the next command, in the app's task.
    pub(super) fn poll_command(&self, context: &Context<'_>) -> Poll<Command> {
        // The waker is registered before the look. In the other order a command that comes in between would wake no
        // task.
        self.register_task(context);
        if is_severed() {
            return Poll::Pending;
        }
        let command = self.state().command.take();
        command.map_or(Poll::Pending, Poll::Ready)
    }

    /// Blocks the app's thread until the next command.
    pub(super) fn next_command(&self) -> Command {
        let mut state = self.state();
        loop {
            if let Some(command) = state.command.take_if(|_| !is_severed()) {
                return command;
            }
            state = self
                .commanded
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Returns whether no command is carried out any more, since the process ends: other code has closed our descriptors.
///
/// The app's thread may have found that itself, as it told the listener of the end of a step. A listener that was awake
/// then gives the next command all the same.
fn is_severed() -> bool {
    sys::ends_for_closed_descriptor()
}
