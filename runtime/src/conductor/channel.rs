//! The wire between the listener and the app's thread: commands one way, reports the other.
//!
//! Not a pair of channels of the standard library: it carries one command at a time, and those are a
//! quarter of all the code that a user's clean build would compile of ours.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::lifecycle::Step;
use crate::status::{End, Status};
use crate::sync::lock;
use crate::sys::{Event, Inbox};
use crate::wake::wake_all;

/// What the app's thread is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Command {
    Do(Step),
    Leave(Status),
}

/// What the app's thread says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Report {
    /// It runs, and hears what it is asked.
    Alive,
    /// It gives `run` up as soon as a shield in it has ended.
    HeldBack,
    /// It drops `run`.
    Dropping,
    /// The user's function has ended; how, it is still looking at.
    Returned,
    Ended(End),
    /// The thread has ended.
    Gone,
}

/// One for both ends.
#[derive(Debug)]
pub(super) struct Wire {
    traffic: Mutex<Traffic>,
    told: Condvar,
    /// Where whoever wakes the app's task sleeps, where it has one.
    bell: Option<Event>,
    /// Where the listener sleeps.
    inbox: Arc<Inbox>,
}

#[derive(Debug, Default)]
struct Traffic {
    command: Option<Command>,
    reports: VecDeque<Report>,
    /// Whether `run` is to be given up.
    given_up: bool,
    /// The task on the app's thread, where it has one.
    task: Option<Waker>,
    /// Whether the app's thread has ended.
    over: bool,
}

impl Wire {
    /// For an app of threads, or of tasks.
    ///
    /// # Errors
    ///
    /// When there is no descriptor left.
    pub(super) fn new(inbox: Arc<Inbox>, of_tasks: bool) -> io::Result<Self> {
        let bell = of_tasks.then(Event::new);
        Ok(Wire {
            traffic: Mutex::default(),
            told: Condvar::new(),
            bell: bell.transpose()?,
            inbox,
        })
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        lock(&self.traffic)
    }

    /// For the listener: tells the app's thread what to do next.
    pub(super) fn tell(&self, command: Command) {
        self.traffic().command = Some(command);
        self.told.notify_one();
        self.ring();
    }

    /// For the listener: `run` is to be given up.
    pub(super) fn give_up(&self) {
        self.traffic().given_up = true;
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
        let task = self.traffic().task.clone();
        wake_all(task);
    }

    /// For who wakes the app's task: whether there is none any more.
    pub(super) fn is_over(&self) -> bool {
        self.traffic().over
    }

    /// For the app's thread, when it ends.
    pub(super) fn hang_up(&self) {
        let mut traffic = self.traffic();
        traffic.over = true;
        let task = traffic.task.take();
        drop(traffic);
        drop(task);
        self.ring();
        self.report(Report::Gone);
    }

    /// For the app's task: has it woken, for whatever is said to it. Whether `run` is to be given up.
    pub(super) fn attend(&self, context: &Context<'_>) -> bool {
        let mut traffic = self.traffic();
        let known = traffic.task.as_ref();
        let known = known.is_some_and(|known| known.will_wake(context.waker()));
        let replaced = (!known).then(|| traffic.task.replace(context.waker().clone()));
        let given_up = traffic.given_up;
        drop(traffic);
        drop(replaced); // Foreign code, without the lock.
        given_up
    }

    /// For the app's task: what to do next.
    pub(super) fn poll_command(&self, context: &Context<'_>) -> Poll<Command> {
        self.attend(context);
        let command = self.traffic().command.take();
        command.map_or(Poll::Pending, Poll::Ready)
    }

    /// For the listener: the next report, if there is one.
    pub(super) fn hear(&self) -> Option<Report> {
        self.traffic().reports.pop_front()
    }

    /// For the app's thread: says something.
    pub(super) fn report(&self, report: Report) {
        self.traffic().reports.push_back(report);
        self.inbox.tell_listener();
    }

    /// For the app's thread: waits to be told what to do next.
    pub(super) fn next_command(&self) -> Command {
        let mut traffic = self.traffic();
        loop {
            if let Some(command) = traffic.command.take() {
                return command;
            }
            traffic = self
                .told
                .wait(traffic)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}
