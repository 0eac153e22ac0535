//! What is known of a child, and what becomes of it.

use std::fmt;
use std::io;
use std::mem;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::group::Scan;
use super::options::{SpawnOptions, Tell};
use super::origin::Origin;
use super::state::{End, Progress, Stage, State};
use crate::shield::{Barrier, Shelter};
use crate::signal::{SIGCONT, SIGHUP, SIGINT, SIGTERM};
use crate::sync::lock;
use crate::sys::{self, Event, ProcessEnd, Target};
use crate::wake::wake_all;

/// How long after the end of an essential child a signal to the app may come that has ended both: a service manager
/// signals all processes of a service, a terminal all of its foreground.
const TOGETHER: Duration = Duration::from_millis(200);

/// A child: its handles and the keeper have it in common.
pub(super) struct Entry {
    name: String,
    pid: i32,
    /// The process whose child it is; a forked child has a copy of this, and nothing to do with it.
    home: i32,
    target: Target,
    options: SpawnOptions,
    pub(super) origin: Origin,
    held_back: Mutex<HeldBack>,
    /// Ready when it has ended, where the kernel has such a thing.
    own_end: Option<Arc<ProcessEnd>>,
    /// Readable when it is over.
    over: Event,
    state: Mutex<State>,
}

/// By the shields that it was started in: it is told when they have ended.
enum HeldBack {
    /// It is not known yet whether that is of interest.
    By(Shelter),
    Until(Barrier),
    No,
}

/// What it takes to make an entry.
pub(super) struct Started<'a> {
    pub(super) name: String,
    pub(super) child: process::Child,
    pub(super) options: &'a SpawnOptions,
    pub(super) origin: Origin,
    pub(super) shelter: Shelter,
}

impl Entry {
    /// # Errors
    ///
    /// When no descriptor is left; the child has ended then.
    pub(super) fn new(started: Started<'_>) -> io::Result<Self> {
        let Started {
            name,
            mut child,
            options,
            origin,
            shelter,
        } = started;
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
            home: sys::process_id(),
            target,
            options: options.clone(),
            origin,
            held_back: Mutex::new(HeldBack::By(shelter)),
            own_end: ProcessEnd::of(pid).ok().map(Arc::new),
            over,
            state: Mutex::new(State {
                stage: Stage::Child(child),
                lifeline,
                told: None,
                killed: false,
                beyond: false,
                in_doubt: None,
                tasks: Vec::new(),
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn is_ours(&self) -> bool {
        self.home == sys::process_id()
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
        self.own_end.is_some()
    }

    /// Readable when it is over.
    pub(super) fn over_event(&self) -> &Event {
        &self.over
    }

    /// How it has ended; its group too, where it was told to.
    pub(super) fn end(&self) -> Option<End> {
        match self.state().stage {
            Stage::Child(_) | Stage::Group { .. } => None,
            Stage::Over(end) => Some(end),
        }
    }

    /// Ready when it has. `key` is the waiting one's own.
    pub(super) fn poll_over(&self, context: &Context<'_>, key: &mut Option<u64>) -> Poll<End> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // Foreign code, like its drop: not with the lock.
        let task = context.waker().clone();
        let mut state = self.state();
        if let Stage::Over(end) = state.stage {
            return Poll::Ready(end);
        }
        let key = *key.get_or_insert_with(|| NEXT.fetch_add(1, Ordering::Relaxed));
        let known = state.tasks.iter().position(|(of, _)| *of == key);
        let replaced = known.map(|known| state.tasks.swap_remove(known));
        state.tasks.push((key, task));
        drop(state);
        drop(replaced);
        Poll::Pending
    }

    /// It does not wait any more.
    pub(super) fn forget(&self, key: u64) {
        let mut state = self.state();
        let position = state.tasks.iter().position(|(of, _)| *of == key);
        let forgotten = position.map(|position| state.tasks.swap_remove(position));
        drop(state);
        drop(forgotten);
    }

    /// For the keeper: what it is to look at again for.
    pub(super) fn watched(&self, into: &mut Vec<Arc<ProcessEnd>>) {
        match &self.state().stage {
            Stage::Child(_) => into.extend(self.own_end.clone()),
            Stage::Group { members, .. } => into.extend(members.iter().cloned()),
            Stage::Over(_) => {}
        }
    }

    /// For the keeper: what is readable when it is to be told to end, where it was not.
    pub(super) fn cue(&self) -> Option<&Event> {
        let told = self.state().told.is_some();
        let waits = matches!(*lock(&self.held_back), HeldBack::Until(_));
        let cue = self.origin.cue(self.options.at_request);
        cue.filter(|_| !told && !waits)
    }

    /// For the keeper, whose bell rings when a shield ends that is waited for: does what is due.
    pub(super) fn attend(&self, scan: &mut Scan, bell: &Arc<Event>) -> Progress {
        let now = Instant::now();
        let in_doubt = self.state().in_doubt;
        if let Some(at) = in_doubt {
            if at > now && !self.origin.is_requested() {
                return Progress::None;
            }
            self.is_missed();
            return Progress::Over;
        }
        if self.origin.is_cued(self.options.at_request) && !self.is_held_back(bell) {
            self.tell();
        }
        if self.kill_at().is_some_and(|at| at <= Instant::now()) {
            self.kill();
        }
        let mut state = self.state();
        let progress = state.advance(self.pid, self.target, scan);
        if progress != Progress::Over {
            return progress;
        }
        let (tasks, told) = (mem::take(&mut state.tasks), state.told);
        drop(state);
        self.over.set();
        wake_all(tasks.into_iter().map(|(_, task)| task));
        if !self.options.essential || told.is_some() {
            return Progress::Over;
        }
        if self.has_died_of_a_shutdown() && !self.origin.is_requested() {
            self.state().in_doubt = Some(now + TOGETHER);
            return Progress::None;
        }
        self.is_missed();
        Progress::Over
    }

    /// Whether a shield that it was started in is still held.
    fn is_held_back(&self, bell: &Arc<Event>) -> bool {
        let mut held_back = lock(&self.held_back);
        if let HeldBack::By(_) = &*held_back {
            if let HeldBack::By(shelter) = mem::replace(&mut *held_back, HeldBack::No) {
                *held_back = HeldBack::Until(shelter.barrier(Arc::clone(bell)));
            }
        }
        if let HeldBack::Until(barrier) = &mut *held_back {
            if !barrier.is_clear() {
                return true;
            }
            *held_back = HeldBack::No;
        }
        false
    }

    /// When something is due.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let in_doubt = self.state().in_doubt;
        in_doubt.or_else(|| self.kill_at())
    }

    /// When it is killed, where it was told to end and that has not happened.
    fn kill_at(&self) -> Option<Instant> {
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
        let lives = matches!(state.stage, Stage::Child(_));
        if state.told.is_some() || !lives || !self.is_ours() {
            return;
        }
        state.told = Some(Instant::now());
        match self.options.tell {
            Tell::EndOfInput => state.lifeline = None,
            Tell::Signal(signal) => {
                // In vain, where it has become another user's; so will be what follows.
                let _ = state.send(self.target, signal);
            }
        }
        let _ = state.send(self.target, SIGCONT);
    }

    /// Kills it, with its group.
    pub(super) fn kill(&self) {
        if !self.is_ours() {
            return;
        }
        let mut state = self.state();
        state.told = state.told.or_else(|| Some(Instant::now()));
        state.killed = true;
        let refused = state.send(self.target, sys::KILL).err();
        state.beyond = refused.is_some_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    }

    /// Sends it a signal; its group, where that is its own. Whether it had not ended.
    pub(super) fn signal(&self, signal: i32) -> io::Result<bool> {
        if self.is_ours() {
            self.state().send(self.target, signal)
        } else {
            Ok(false)
        }
    }

    fn has_died_of_a_shutdown(&self) -> bool {
        let Some(End::Status(status)) = self.end() else {
            return false;
        };
        let signal = status.signal();
        signal.is_some_and(|signal| [SIGHUP, SIGINT, SIGTERM].contains(&signal))
    }

    /// The app cannot do without it, unless it is ending itself.
    fn is_missed(&self) {
        if self.origin.is_requested() {
            return;
        }
        let failed = !matches!(self.end(), Some(End::Status(status)) if status.success());
        // What it wakes is foreign code.
        let miss = || self.origin.misses(self.to_string(), failed);
        let _ = catch_unwind(AssertUnwindSafe(miss));
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "child `{}` (pid {})", self.name, self.pid)?;
        match self.end() {
            None => Ok(()),
            Some(End::Status(status)) => write!(f, " has ended: {status}"),
            Some(End::Lost) => f.write_str(" was reaped by other code"),
            Some(End::Beyond) => f.write_str(" is another user's, and could not be killed"),
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
