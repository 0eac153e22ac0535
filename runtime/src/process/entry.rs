//! What is known of a child, and what becomes of it.

use std::fmt;
use std::io;
use std::mem;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Instant;

use super::options::{SpawnOptions, Tell};
use super::origin::Origin;
use super::state::{End, Stage, State};
use crate::signal::SIGCONT;
use crate::sync::lock;
use crate::sys::{self, Event, Target};

/// A child: its handles and the keeper have it in common.
pub(super) struct Entry {
    name: String,
    pid: i32,
    target: Target,
    options: SpawnOptions,
    pub(super) origin: Origin,
    /// Readable when it has ended, where the kernel has such a thing.
    pidfd: Option<Arc<OwnedFd>>,
    /// Readable when it is over.
    over: Event,
    state: Mutex<State>,
}

/// What has come of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attended {
    Lives,
    Over,
}

impl Entry {
    /// # Errors
    ///
    /// When no descriptor is left; the child has ended then.
    pub(super) fn new(
        name: String,
        mut child: process::Child,
        options: &SpawnOptions,
        origin: Origin,
    ) -> io::Result<Self> {
        let over = match Event::new() {
            Ok(over) => over,
            Err(error) => {
                // Nobody could wait for it.
                let _ = child.kill().and_then(|()| child.wait());
                return Err(error);
            }
        };
        let pid = i32::try_from(child.id()).unwrap_or(i32::MAX);
        let target = if options.foreground {
            Target::Process(pid)
        } else {
            Target::Group(pid)
        };
        let lifeline = match options.tell {
            Tell::EndOfInput => child.stdin.take(),
            Tell::Signal(_) => None,
        };
        Ok(Entry {
            name,
            pid,
            target,
            options: options.clone(),
            origin,
            pidfd: sys::open_pidfd(pid).map(Arc::new),
            over,
            state: Mutex::new(State {
                stage: Stage::Child(child),
                lifeline,
                told: None,
                killed: false,
                tasks: Vec::new(),
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn pid(&self) -> i32 {
        self.pid
    }

    /// Whether the exit leaves it alone.
    pub(super) fn outlives_us(&self) -> bool {
        self.options.outlives
    }

    /// Whether its end makes a descriptor readable.
    pub(super) fn is_watched(&self) -> bool {
        self.pidfd.is_some()
    }

    /// Readable when it is over.
    pub(super) fn over_event(&self) -> &Event {
        &self.over
    }

    /// How it has ended, once it was reaped; its group may not have.
    pub(super) fn end(&self) -> Option<End> {
        match self.state().stage {
            Stage::Child(_) => None,
            Stage::Group(end, _) | Stage::Over(end) => Some(end),
        }
    }

    /// Whether it has ended, and its group with it, if it was told to.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state().stage, Stage::Over(_))
    }

    /// Ready when it is over.
    pub(super) fn poll_over(&self, context: &Context<'_>) -> Poll<End> {
        let mut state = self.state();
        if let Stage::Over(end) = state.stage {
            return Poll::Ready(end);
        }
        let task = context.waker();
        if !state.tasks.iter().any(|known| known.will_wake(task)) {
            state.tasks.push(task.clone());
        }
        Poll::Pending
    }

    /// For the keeper: what it is to look at again for.
    pub(super) fn watched(&self, into: &mut Vec<Arc<OwnedFd>>) {
        match &self.state().stage {
            Stage::Child(_) => into.extend(self.pidfd.clone()),
            Stage::Group(_, members) => into.extend(members.iter().cloned()),
            Stage::Over(_) => {}
        }
    }

    /// For the keeper: what is readable when it is to be told to end, where it was not.
    pub(super) fn cue(&self) -> Option<&Event> {
        let told = self.state().told.is_some();
        self.origin.cue(self.options.at_request).filter(|_| !told)
    }

    /// For the keeper: does what is due.
    pub(super) fn attend(&self) -> Attended {
        if self.origin.is_cued(self.options.at_request) {
            self.tell();
        }
        if self.kill_at().is_some_and(|at| at <= Instant::now()) {
            self.kill();
        }
        let mut state = self.state();
        if !state.advance(self.pid, self.target) {
            return Attended::Lives;
        }
        let (tasks, told) = (mem::take(&mut state.tasks), state.told);
        drop(state);
        self.over.set();
        // Foreign code: a panic in it must not end the thread that all children end with.
        for task in tasks {
            let _ = catch_unwind(AssertUnwindSafe(|| task.wake()));
        }
        if self.options.essential && told.is_none() {
            let _ = catch_unwind(AssertUnwindSafe(|| self.is_missed()));
        }
        Attended::Over
    }

    /// When it is killed, where it was told to end and that has not happened.
    pub(super) fn kill_at(&self) -> Option<Instant> {
        let told = {
            let state = self.state();
            let over = matches!(state.stage, Stage::Over(_));
            state.told.filter(|_| !state.killed && !over)?
        };
        // `None`: for ever.
        let at = told.checked_add(self.options.grace);
        let left = self.origin.time_left();
        let latest = left.and_then(|left| Instant::now().checked_add(left));
        [at, latest].into_iter().flatten().min()
    }

    /// Tells it to end, unless it was told or has ended.
    pub(super) fn tell(&self) {
        let mut state = self.state();
        if state.told.is_some() || !matches!(state.stage, Stage::Child(_)) {
            return;
        }
        state.told = Some(Instant::now());
        match self.options.tell {
            Tell::EndOfInput => state.lifeline = None,
            Tell::Signal(signal) => {
                // In vain, where it has become another user's; it is named where somebody waits for it.
                let _ = sys::send(self.target, signal);
            }
        }
        let _ = sys::send(self.target, SIGCONT);
    }

    /// Kills it, with its group.
    pub(super) fn kill(&self) {
        let mut state = self.state();
        state.told = state.told.or_else(|| Some(Instant::now()));
        state.killed = true;
        match &state.stage {
            Stage::Child(_) => {
                let _ = sys::send(self.target, sys::KILL);
            }
            Stage::Group(_, members) => {
                for member in members {
                    let _ = sys::send_to(member, sys::KILL);
                }
            }
            Stage::Over(_) => {}
        }
    }

    /// Sends it a signal; its group, where that is its own. Whether it had not ended.
    pub(super) fn signal(&self, signal: i32) -> io::Result<bool> {
        let state = self.state();
        match state.stage {
            Stage::Child(_) => sys::send(self.target, signal).map(|()| true),
            Stage::Group(..) | Stage::Over(_) => Ok(false),
        }
    }

    /// The app cannot do without it.
    fn is_missed(&self) {
        let failed = !matches!(self.end(), Some(End::Status(status)) if status.success());
        self.origin.misses(self.to_string(), failed);
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "child `{}` (pid {})", self.name, self.pid)?;
        match self.end() {
            None => Ok(()),
            Some(End::Status(status)) => write!(f, " has ended: {status}"),
            Some(End::Lost) => f.write_str(" was reaped by other code"),
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("name", &self.name)
            .field("pid", &self.pid)
            .field("end", &self.end())
            .finish_non_exhaustive()
    }
}
