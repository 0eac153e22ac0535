//! The channel by which the listener tells the app's thread what to do. What that thread answers are [events](crate::events).
//!
//! Not a channel of the standard library: this one carries one command at a time, and that one is a
//! quarter of all the code that a user's clean build would compile of ours.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::lifecycle::Step;
use crate::status::Status;
use crate::sync::lock;
use crate::sys::Event;
use crate::wake::wake_all;

/// What the app's thread is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Command {
    Do(Step),
    Leave(Status),
}

/// The one of an app.
#[derive(Debug)]
pub(super) struct Channel {
    state: Mutex<State>,
    told: Condvar,
    /// Where whoever wakes the app's task sleeps, where it has one.
    bell: Option<Event>,
}

#[derive(Debug, Default)]
struct State {
    command: Option<Command>,
    /// Whether `run` is to be given up.
    given_up: bool,
    /// The task on the app's thread, where it has one.
    task: Option<Waker>,
    /// Whether the app's thread has ended.
    over: bool,
}

impl Channel {
    /// For an app of threads, or of tasks.
    ///
    /// # Errors
    ///
    /// When there is no descriptor left.
    pub(super) fn new(of_tasks: bool) -> io::Result<Self> {
        let bell = of_tasks.then(Event::new);
        Ok(Channel {
            state: Mutex::default(),
            told: Condvar::new(),
            bell: bell.transpose()?,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// For the listener: tells the app's thread what to do next.
    pub(super) fn tell(&self, command: Command) {
        self.state().command = Some(command);
        self.told.notify_one();
        self.ring();
    }

    /// For the listener: `run` is to be given up.
    pub(super) fn give_up(&self) {
        self.state().given_up = true;
        self.ring();
    }

    /// For the listener: something has happened that the app's tasks may wait for; and whether its task is
    /// not blocked is to be seen.
    pub(super) fn ring(&self) {
        if let Some(bell) = &self.bell {
            bell.set();
        }
    }

    /// For who wakes the app's task: where to sleep meanwhile.
    pub(super) fn bell(&self) -> Option<&Event> {
        self.bell.as_ref()
    }

    /// For who wakes the app's task.
    pub(super) fn wake_task(&self) {
        let task = self.state().task.clone();
        wake_all(task);
    }

    /// For who wakes the app's task: whether there is none any more.
    pub(super) fn is_over(&self) -> bool {
        self.state().over
    }

    /// For the app's thread, when it ends.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.over = true;
        let task = state.task.take();
        drop(state);
        drop(task);
        self.ring();
    }

    /// For the app's task: has it woken, for whatever is said to it. Whether `run` is to be given up.
    pub(super) fn attend(&self, context: &Context<'_>) -> bool {
        let mut state = self.state();
        let known = state.task.as_ref();
        let known = known.is_some_and(|known| known.will_wake(context.waker()));
        let replaced = (!known).then(|| state.task.replace(context.waker().clone()));
        let given_up = state.given_up;
        drop(state);
        drop(replaced); // Foreign code, without the lock.
        given_up
    }

    /// For the app's task: what to do next.
    pub(super) fn poll_command(&self, context: &Context<'_>) -> Poll<Command> {
        self.attend(context);
        let command = self.state().command.take();
        command.map_or(Poll::Pending, Poll::Ready)
    }

    /// For the app's thread: waits to be told what to do next.
    pub(super) fn next_command(&self) -> Command {
        let mut state = self.state();
        loop {
            if let Some(command) = state.command.take() {
                return command;
            }
            state = self
                .told
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}
