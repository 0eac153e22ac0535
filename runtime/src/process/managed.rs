//! A child that this process manages: what is known of it, and how far it is on its way to the end.
//!
//! Three parties share a [`Managed`]: the handles of the program, the supervisor's thread, and whoever ends the app.
//! All meet at one lock, that of [`State`]. The lock is there for one rule: **a signal is sent by number only while the
//! child is not reaped.** Until somebody reaps it, its number belongs to it, and to the group that it leads. Afterwards
//! the kernel may give the number to any process. So whoever sends a signal, and the supervisor when it reaps, holds
//! the lock meanwhile.
//!
//! No foreign code runs with the lock held: wakers are woken, and the app's handle is dropped, without it.

use std::fmt;
use std::io;
use std::process::{self, ChildStdin, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use super::member::Member;
use super::options::{SpawnOptions, StopSignal};
use super::origin::Origin;
use super::readiness::{NotReady, Readiness, Starting, Why};
use super::stopped::Stops;
use crate::observe::{self, ChildEvent, EventKind};
use crate::shield::{Barrier, Shelter};
use crate::shutdown::Waiters;
use crate::signal::{SIGHUP, SIGINT, SIGTERM};
use crate::sync::lock;
use crate::sys::{self, ChildState, Event, Group, Process, ProcessEnd, ReadyWriter};
use crate::timeline::Open;

mod attend;

pub(super) use attend::Progress;

/// What is known of a child before its process begins.
pub(super) struct Plan {
    name: String,
    pub(super) options: SpawnOptions,
    origin: Option<Origin>,
    shelter: Shelter,
    over: Event,
    /// What there is where the child is to say that it is ready.
    starting: Option<Starting>,
    /// The end by which it says that.
    pub(super) ready_writer: Option<ReadyWriter>,
    /// How long it has for that. `None` means for ever, or that nobody wants to know.
    pub(super) ready_until: Option<Instant>,
}

impl Plan {
    /// Makes a plan on the thread that asks for the child. The child belongs to the app of that thread, and is
    /// sheltered by the shields that the thread is inside of.
    ///
    /// # Errors
    ///
    /// When no descriptor is left. Nobody could wait for the child then, so the descriptor comes before its process.
    pub(super) fn new(name: String, options: SpawnOptions) -> io::Result<Self> {
        let starting = options.ready_within.map(Starting::new).transpose()?;
        let (starting, ready_writer) = starting.unzip();
        let limit = options.ready_within;
        Ok(Plan {
            name,
            // A time that is too far away to be counted means for ever.
            ready_until: limit.and_then(|limit| Instant::now().checked_add(limit)),
            options,
            starting,
            ready_writer,
            origin: Origin::here(),
            shelter: Shelter::here(),
            over: Event::new()?,
        })
    }
}

/// A child. The program's handles and the supervisor share it.
pub(super) struct Managed {
    name: String,
    /// The child's process, and those that it has started.
    group: Group,
    /// The process that has started the child. A forked child of ours has a copy of this value, but not the child.
    home: Process,
    options: SpawnOptions,
    pub(super) origin: Option<Origin>,
    /// Readable when the child's process has ended. `None` where the kernel has no such descriptor.
    own_end: Option<Arc<ProcessEnd>>,
    /// Readable when the child is over.
    over: Event,
    /// The tasks that wait until the child is over.
    waiters: Waiters,
    /// There where the child is to say that it is ready.
    starting: Option<Starting>,
    state: Mutex<State>,
}

/// What changes in the life of a child.
struct State {
    stage: Stage,
    asked: Asked,
    /// There from the moment on at which the child was asked to end, or killed, until it is over: for the picture of
    /// the stop.
    ending: Option<Open>,
    /// The other end of the child's standard input, where closing it is the stop signal.
    lifeline: Option<ChildStdin>,
    /// The child is over, is essential, and may have been ended together with the app. This is when it is decided
    /// whether it was.
    in_doubt: Option<Instant>,
    readiness: Readiness,
    stops: Stops,
}

enum Stage {
    /// The child is not reaped. Its number is its own, and its group's.
    Unreaped {
        process: process::Child,
        /// The child was asked to end, and its process has. The others of its group have not, as far as is known. The
        /// process stays a zombie until they have, so that the number remains the group's.
        remains: Option<Remains>,
    },
    /// The child is reaped. What there is to be said of it was not said yet, and nobody is to know of its end before:
    /// who does may end the app, and with it what was to be said.
    Reaped(End),
    Over(End),
}

/// The rest of a group whose leader has ended.
#[derive(Default)]
struct Remains {
    members: Vec<Member>,
    /// Those that could not be killed when the group was looked at last, since they have become another user's.
    beyond: Vec<i32>,
    /// Whether the last look has found nobody.
    deserted: bool,
}

/// What was done to end a child.
enum Asked {
    /// Nothing was done. The shelter holds the shields that the child was started in, until the app asks it to end.
    Nothing(Option<Shelter>),
    /// The app asks the child to end, as soon as the shields that it was started in are over.
    AfterShields(Barrier),
    /// The child was asked to end, at that time.
    ToEnd(Instant),
    /// The child was killed.
    Killed,
    /// The child was to be killed, and the kernel does not allow that.
    Refused,
}

impl Asked {
    /// Returns whether the child was asked to end, or killed.
    fn by_us(&self) -> bool {
        !matches!(self, Asked::Nothing(_) | Asked::AfterShields(_))
    }
}

/// How a child has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Status(ExitStatus),
    /// Other code has reaped it.
    Lost,
    /// The child lives, as another user's process. Nobody waits for it.
    Beyond,
}

impl End {
    /// Returns whether a signal has ended the child that may have asked the app to end, too.
    fn is_by_a_shutdown(self) -> bool {
        let End::Status(status) = self else {
            return false;
        };
        let signal = sys::signal_of(status);
        signal.is_some_and(|signal| [SIGHUP, SIGINT, SIGTERM].contains(&signal))
    }
}

impl Managed {
    pub(super) fn new(
        plan: Plan,
        process: process::Child,
        group: Group,
        lifeline: Option<ChildStdin>,
    ) -> Self {
        let readiness = match &plan.starting {
            Some(_) => Readiness::Awaited {
                until: plan.ready_until,
                silent: false,
            },
            None => Readiness::Ready,
        };
        Managed {
            name: plan.name,
            home: Process::current(),
            options: plan.options,
            origin: plan.origin,
            own_end: group.end_of_child().ok().map(Arc::new),
            group,
            over: plan.over,
            waiters: Waiters::new(1),
            starting: plan.starting,
            state: Mutex::new(State {
                stage: Stage::Unreaped {
                    process,
                    remains: None,
                },
                asked: Asked::Nothing(Some(plan.shelter)),
                ending: None,
                lifeline,
                in_doubt: None,
                readiness,
                stops: Stops::default(),
            }),
        }
    }

    /// Locks the state. Whoever holds this lock does not take that of the supervisor's list, and whoever holds that one
    /// does not take this one. So no two threads can wait for each other at the two locks. The longest that anybody
    /// holds this one is one look at all processes in `/proc`.
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Locks the state where a signal may be sent: the child is this process's, and is not reaped before the guard is
    /// dropped. Otherwise this returns `None`.
    fn unreaped(&self) -> Option<MutexGuard<'_, State>> {
        // This is asked before the lock is taken: in a forked child a thread that does not exist there may hold the
        // lock.
        if !self.is_ours() {
            return None;
        }
        let state = self.state();
        matches!(state.stage, Stage::Unreaped { .. }).then_some(state)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn pid(&self) -> i32 {
        self.group.pid()
    }

    /// Returns whether this process has started the child, and is no forked child of the one that has.
    pub(super) fn is_ours(&self) -> bool {
        self.home.is_current()
    }

    /// Returns whether the exit leaves the child alone.
    pub(super) fn outlives_us(&self) -> bool {
        self.options.outlives
    }

    /// Returns whether the end of the child's process makes a descriptor readable.
    pub(super) fn is_watched(&self) -> bool {
        self.own_end.is_some()
    }

    /// Blocks until the child's process has ended.
    pub(super) fn wait_for_process(&self) {
        self.group.wait_for_child();
    }

    /// Returns the event that is readable when the child is over.
    pub(super) fn over_event(&self) -> &Event {
        &self.over
    }

    /// Returns how the child has ended. A forked child of ours knows that of what had ended before the fork. It does
    /// not wait for the lock, which a thread may hold that is not there.
    fn end(&self) -> Option<End> {
        let state = if self.is_ours() {
            self.state()
        } else {
            // Poisoned or locked: both mean that nothing is known.
            self.state.try_lock().ok()?
        };
        match state.stage {
            Stage::Unreaped { .. } | Stage::Reaped(_) => None,
            Stage::Over(end) => Some(end),
        }
    }

    /// Returns whether the child is over: its process has ended, and its group, too, where the child was asked to end.
    pub(super) fn is_over(&self) -> bool {
        self.end().is_some()
    }

    /// Returns the child's status, once the child is over. In a forked child of ours, to which nobody would tell its
    /// end, this is an error at once.
    pub(super) fn status(&self) -> Option<io::Result<ExitStatus>> {
        let Some(end) = self.end() else {
            let not_ours = || {
                Err(io::Error::other(format!(
                    "{self} is that of another process"
                )))
            };
            return (!self.is_ours()).then(not_ours);
        };
        Some(match end {
            End::Status(status) => Ok(status),
            End::Lost => Err(io::Error::other(self.to_string())),
            End::Beyond => {
                let denied = io::ErrorKind::PermissionDenied;
                Err(io::Error::new(denied, self.to_string()))
            }
        })
    }

    /// Returns the tasks that wait until the child is over: [`status`](Self::status) tells how, before they are woken.
    pub(super) fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    /// Notes that somebody begins to wait for the child. Returns whether the bell is to be rung: something is due after
    /// a while.
    pub(super) fn wait_begins(&self) -> bool {
        if !self.is_ours() {
            return false;
        }
        let mut state = self.state();
        let is_new = state.stops.wait_begins(Instant::now());
        is_new && matches!(state.stage, Stage::Unreaped { .. })
    }

    /// Notes that somebody waits no longer.
    pub(super) fn wait_ends(&self) {
        if !self.is_ours() {
            return;
        }
        // The look that is due stays: a wait that begins anew at once is a part of the one before.
        self.state().stops.waits -= 1;
    }

    /// Returns what is there where the child is to say that it is ready.
    pub(super) fn starting(&self) -> Option<&Starting> {
        self.starting.as_ref()
    }

    /// Returns whether the child has said that it is ready, or nobody wants to know.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.state().readiness, Readiness::Ready)
    }

    /// Returns whether it is decided whether the child is ready.
    pub(super) fn is_decided(&self) -> bool {
        !matches!(self.state().readiness, Readiness::Awaited { .. })
    }

    /// Returns why the child is not ready, where that is decided; with this status.
    pub(super) fn not_ready(&self, status: Option<ExitStatus>) -> Option<NotReady> {
        let Readiness::Failed(why) = self.state().readiness else {
            return None;
        };
        Some(NotReady {
            child: self.words(),
            why,
            limit: self.starting.as_ref()?.limit,
            status,
        })
    }

    /// Returns what the child is called in lines and errors.
    fn words(&self) -> String {
        format!("child `{}` (pid {})", self.name, self.pid())
    }

    /// Returns what the child is called, and how it has ended.
    fn ended_words(&self, end: Option<End>) -> String {
        let words = self.words();
        match end {
            None => words,
            Some(End::Status(status)) => format!("{words} has ended: {status}"),
            Some(End::Lost) => format!("{words} was reaped by other code"),
            Some(End::Beyond) => format!("{words} is another user's, and could not be killed"),
        }
    }

    /// Asks the child to end, unless it was asked before.
    pub(super) fn terminate(&self) {
        let Some(mut state) = self.unreaped() else {
            return;
        };
        if state.asked.by_us() {
            return;
        }
        state.asked = Asked::ToEnd(Instant::now());
        state.ending = self.open();
        let signal = match self.options.stop_signal {
            StopSignal::EndOfInput => {
                state.lifeline = None;
                None
            }
            StopSignal::Signal(signal) => Some(signal),
        };
        self.group.ask_to_end(signal);
        self.tell(ChildEvent::Asked);
    }

    /// Notes for the picture of the stop that the child is to end.
    fn open(&self) -> Option<Open> {
        Some(self.origin.as_ref()?.open(self.words()))
    }

    /// Tells an observer of the app what has happened to the child.
    pub(super) fn tell(&self, what: ChildEvent) {
        observe::tell(|| EventKind::ChildChanged {
            name: self.name.clone(),
            id: self.pid().unsigned_abs(),
            what,
        });
    }

    /// Kills the child, with its group.
    pub(super) fn kill(&self) {
        let Some(mut state) = self.unreaped() else {
            return;
        };
        // One that has ended already takes nothing, and has a status.
        let own = self.group.kill();
        if !matches!(state.asked, Asked::Killed) {
            self.tell(ChildEvent::Killed);
            state.ending = state.ending.take().or_else(|| self.open());
        }
        let refused = own.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
        state.asked = if refused && self.group.child_state() == ChildState::Running {
            Asked::Refused
        } else {
            Asked::Killed
        };
    }

    /// The start was given up before its program had begun: the child is killed, and was never ready.
    pub(super) fn give_up(&self) {
        self.kill();
        // The lock orders this with the supervisor's look whether the child is ready, which finds that it is not.
        let mut state = self.state();
        if let Readiness::Awaited { .. } = state.readiness {
            state.readiness = Readiness::Failed(Why::Late);
        }
    }

    /// Sends a signal to the child, and to its group where that is its own. Returns `false` where the child was reaped
    /// already. That the child itself may not be signalled is an error, also where others of the group have got the
    /// signal.
    pub(super) fn signal(&self, signal: i32) -> io::Result<bool> {
        // The guard lives until the signal was sent, so that nobody reaps the child before.
        let Some(_unreaped_meanwhile) = self.unreaped() else {
            return Ok(false);
        };
        self.group.send(signal)
    }
}

impl fmt::Display for Managed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ended_words(self.end()))
    }
}

impl fmt::Debug for Managed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("name", &self.name)
            .field("pid", &self.pid())
            .field("end", &self.end())
            .finish_non_exhaustive()
    }
}
