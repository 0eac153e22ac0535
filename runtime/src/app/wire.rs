//! The wire between the listener and the app's thread: commands one way, reports the other.
//!
//! Not a pair of channels of the standard library: it carries one command at a time, and those are a
//! quarter of all the code that a user's clean build would compile of ours.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::exit::{End, Status};
use crate::lifecycle::Step;
use crate::sys::Inbox;

/// What the app's thread is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Command {
    Do(Step),
    Leave(Status),
}

/// What the app's thread says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Report {
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
    /// Where the listener sleeps.
    inbox: Arc<Inbox>,
}

#[derive(Debug, Default)]
struct Traffic {
    command: Option<Command>,
    reports: VecDeque<Report>,
}

impl Wire {
    pub(super) fn new(inbox: Arc<Inbox>) -> Self {
        Wire {
            traffic: Mutex::default(),
            told: Condvar::new(),
            inbox,
        }
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the listener: tells the app's thread what to do next.
    pub(super) fn tell(&self, command: Command) {
        self.traffic().command = Some(command);
        self.told.notify_one();
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
