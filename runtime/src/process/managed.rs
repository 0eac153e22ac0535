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
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{self, ChildStdin, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::member::Member;
use super::options::{SpawnOptions, StopSignal};
use super::origin::Origin;
use super::readiness::{NotReady, Readiness, Starting, Why};
use super::stopped::{self, LONG, Stops};
use crate::observe::{self, ChildEvent, EventKind};
use crate::report;
use crate::shield::{Barrier, Shelter};
use crate::shutdown::Waiters;
use crate::signal::{SIGHUP, SIGINT, SIGTERM};
use crate::sync::lock;
use crate::sys::{
    self, ChildState, Event, Group, Process, ProcessEnd, Processes, ReadyWriter, Source,
};
use crate::timeline::Open;

/// One signal may end both an essential child and the app: a service manager signals all processes of a service, and a
/// terminal all processes in its foreground. This is how long after the end of the child that signal may come to the
/// app.
const TOGETHER: Duration = Duration::from_millis(200);

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

/// What has come of a look at a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing is to be done before something else happens.
    None,
    /// The child is to be looked at once more, without waiting.
    Again,
    /// The child needs no care any more.
    Over,
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

/// These methods are for the supervisor's thread alone.
impl Managed {
    /// Adds the descriptors that become readable when there may be progress.
    pub(super) fn watched(&self, into: &mut Vec<Arc<dyn Source>>) {
        let state = self.state();
        if let Readiness::Awaited { silent: false, .. } = state.readiness {
            let starting = self.starting.as_ref();
            into.extend(starting.map(|starting| Arc::clone(&starting.reader) as Arc<dyn Source>));
        }
        match &state.stage {
            Stage::Unreaped { remains: None, .. } => {
                let own_end = self.own_end.clone();
                into.extend(own_end.map(|end| end as Arc<dyn Source>));
            }
            Stage::Unreaped {
                remains: Some(remains),
                ..
            } => {
                let members = remains.members.iter();
                into.extend(members.map(|member| Arc::clone(&member.end) as Arc<dyn Source>));
            }
            Stage::Reaped(_) | Stage::Over(_) => {}
        }
    }

    /// Returns the event that becomes readable when the app asks the child to end. Once that has come, this returns
    /// `None`: the event stays readable, and would wake the supervisor again and again.
    pub(super) fn cue(&self) -> Option<&Event> {
        let (event, _) = self.app_cue()?;
        matches!(self.state().asked, Asked::Nothing(_)).then_some(event)
    }

    fn app_cue(&self) -> Option<(&Event, bool)> {
        self.origin.as_ref()?.cue(self.options.on_shutdown)
    }

    /// Does what is due for the child. The bell rings when a shield ends that is waited for.
    pub(super) fn attend(self: &Arc<Self>, processes: &Processes, bell: &Arc<Event>) -> Progress {
        let in_doubt = self.state().in_doubt;
        if let Some(decided_at) = in_doubt {
            if decided_at > Instant::now() && !self.is_shutting_down() {
                return Progress::None;
            }
            if let Some(end) = self.end() {
                self.report_essential_end(end);
            }
            return Progress::Over;
        }
        let has_come = self.app_cue().is_some_and(|(_, has_come)| has_come);
        if has_come && !self.is_held_back(bell) {
            self.terminate();
        }
        if self.kill_at().is_some_and(|at| at <= Instant::now()) {
            self.kill();
        }
        self.attend_start();
        self.attend_waits(bell);
        let mut state = self.state();
        let mut beyond = Vec::new();
        let progress = self.reap(&mut state, processes, &mut beyond);
        if progress != Progress::Over {
            return progress;
        }
        let by_itself = !state.asked.by_us();
        let Stage::Reaped(end) = state.stage else {
            return Progress::Over;
        };
        // The lock is given back first: printing takes other locks.
        drop(state);
        self.name_beyond(end, &beyond);
        self.tell(ChildEvent::Reaped(match end {
            End::Status(status) => Some(status),
            End::Lost | End::Beyond => None,
        }));
        // The app is told first: who waits for the child may have the app end well.
        let is_missed = self.options.essential && by_itself;
        let is_in_doubt = is_missed && end.is_by_a_shutdown() && !self.is_shutting_down();
        if is_missed && !is_in_doubt {
            self.report_essential_end(end);
        }
        // The lock is for these changes only. They come before anybody is woken, since who is asks for the status at
        // once; and wakers are foreign code.
        let mut state = self.state();
        state.ending = None;
        state.stage = Stage::Over(end);
        state.in_doubt = is_in_doubt.then(|| Instant::now() + TOGETHER);
        drop(state);
        self.over.set();
        self.waiters.wake_all();
        if is_in_doubt {
            Progress::None
        } else {
            Progress::Over
        }
    }

    /// Returns when there is something to do, if nothing happens before.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let state = self.state();
        if let Some(decided_at) = state.in_doubt {
            return Some(decided_at);
        }
        let ready_until = match state.readiness {
            Readiness::Awaited { until, .. } => until,
            Readiness::Ready | Readiness::Failed(_) => None,
        };
        let look_at = state.stops.look_at;
        // The lock is given back first, since this takes it again.
        drop(state);
        [ready_until, look_at, self.kill_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Decides whether the child is ready, where that is awaited and can be told. A child that is not ready is killed.
    fn attend_start(&self) {
        let Some(starting) = &self.starting else {
            return;
        };
        let mut state = self.state();
        if !matches!(state.readiness, Readiness::Awaited { .. }) {
            return;
        }
        // This comes before the look into the pipe: what a child has said that has ended is there then.
        let has_ended = self.group.child_state() != ChildState::Running;
        let said = starting.reader.look();
        state.readiness = state.readiness.after(has_ended, said, Instant::now());
        let decided = state.readiness;
        drop(state);
        match decided {
            Readiness::Awaited { .. } => return,
            // Also where the child itself has ended: its group is to end, too, and the number is the group's until the
            // child is reaped.
            Readiness::Failed(_) => self.kill(),
            Readiness::Ready => {}
        }
        starting.decided.set();
        // The lock was given back before, since wakers are foreign code.
        starting.waiters.wake_all();
    }

    /// Looks whether the child is stopped, if somebody waits for it and that look is due.
    fn attend_waits(self: &Arc<Self>, bell: &Arc<Event>) {
        let mut state = self.state();
        let is_due = state.stops.look_at.is_some_and(|at| at <= Instant::now());
        if !is_due {
            return;
        }
        state.stops.look_at = None;
        let (true, Some(end)) = (state.stops.waits > 0, &self.own_end) else {
            return;
        };
        let stopped = end.stopped_by();
        let was_watched = mem::replace(&mut state.stops.watched, true);
        // The lock is given back before: printing takes other locks.
        drop(state);
        if let Some(signal) = stopped {
            let advice = stopped::advice(signal, self.options.foreground);
            report::line(&format!("{} {advice}", self.words()));
        }
        if !was_watched {
            let (child, bell) = (Arc::clone(self), Arc::clone(bell));
            stopped::watch(Arc::clone(end), stopped.is_some(), move || {
                child.has_stopped();
                bell.set();
            });
        }
    }

    /// The child was stopped. If it is still stopped after a while, and somebody waits for it, that is said.
    fn has_stopped(&self) {
        // The lock is for the note alone. The caller rings the bell after this.
        self.state().stops.look_at = Some(Instant::now() + LONG);
    }

    /// Returns whether a shield that the child was started in is still held. From the first call on the bell rings when
    /// one ends. It does not ring earlier, since shields are slower while anybody waits for one.
    fn is_held_back(&self, bell: &Arc<Event>) -> bool {
        let mut state = self.state();
        if let Asked::Nothing(shelter) = &mut state.asked {
            if let Some(shelter) = shelter.take() {
                state.asked = Asked::AfterShields(shelter.barrier(Arc::clone(bell)));
            }
        }
        match &mut state.asked {
            Asked::AfterShields(barrier) => !barrier.is_clear(),
            _ => false,
        }
    }

    /// Returns when the child is killed: its grace is over, or the app's time for children. `None` means that the child
    /// was not asked to end, or has all time.
    fn kill_at(&self) -> Option<Instant> {
        let Asked::ToEnd(since) = self.state().asked else {
            return None;
        };
        let grace = since.checked_add(self.options.grace);
        // The lock was given back: this may drop the app's last handle, and with it values of the user's.
        let left = self.origin.as_ref().and_then(Origin::time_left);
        let latest = left.and_then(|left| Instant::now().checked_add(left));
        [grace, latest].into_iter().flatten().min()
    }

    /// Reaps the child, if it has ended. Where it was asked to end, its group has to have ended before.
    /// `beyond` gets the processes of the group that cannot be killed.
    fn reap(&self, state: &mut State, processes: &Processes, beyond: &mut Vec<i32>) -> Progress {
        let Stage::Unreaped { process, remains } = &mut state.stage else {
            return Progress::None;
        };
        if matches!(state.asked, Asked::Refused) {
            state.stage = Stage::Reaped(End::Beyond);
            return Progress::Over;
        }
        // What a child leaves in its group, when nobody has asked it to end, is its own business.
        if state.asked.by_us() && !self.options.foreground {
            let killed = matches!(state.asked, Asked::Killed);
            let progress = self.end_group(remains, killed, processes);
            if progress != Progress::Over {
                return progress;
            }
            if let Some(remains) = remains {
                *beyond = mem::take(&mut remains.beyond);
            }
        }
        let end = match process.try_wait() {
            Ok(None) => return Progress::None,
            Ok(Some(status)) => End::Status(status),
            Err(_) => End::Lost,
        };
        state.lifeline = None;
        // What is left of the group, when nobody has asked it to end, goes on when this process has ended.
        self.group.release();
        state.stage = Stage::Reaped(end);
        Progress::Over
    }

    /// Whether the child's group is over, or gets its last signal here. The leader is not reaped before: the group has
    /// its number.
    fn end_group(
        &self,
        remains: &mut Option<Remains>,
        killed: bool,
        processes: &Processes,
    ) -> Progress {
        match self.group.child_state() {
            ChildState::Running if remains.is_none() => return Progress::None,
            // Its number, and so its group's, may mean others by now: nothing more is sent there.
            ChildState::Reaped => return Progress::Over,
            ChildState::Running | ChildState::Zombie => {}
        }
        let remains = remains.get_or_insert_default();
        remains.members.retain(Member::is_alive);
        if killed {
            // A signal to the group has reached those that take it, and says nothing of the others. Nobody waits for
            // these.
            remains
                .members
                .retain(|member| !member.refuses_to_be_killed());
        }
        if !remains.members.is_empty() {
            return Progress::None;
        }
        let mut living = self.living(processes);
        if let Some(members) = living.as_mut().filter(|_| killed) {
            // Some of these were forked while the signal was sent to the group, and did not get it.
            remains.beyond.clear();
            members.retain(|member| {
                let refuses = member.refuses_to_be_killed();
                if refuses {
                    remains.beyond.push(member.pid);
                }
                !refuses
            });
        }
        match living {
            Some(members) if !members.is_empty() => {
                remains.members = members;
                remains.deserted = false;
                return Progress::None;
            }
            // One look may miss a process that is forked meanwhile by another one, which ends before it is looked at.
            Some(_) if !mem::replace(&mut remains.deserted, true) => return Progress::Again,
            _ => {}
        }
        // For a process that both looks have missed, and for all of them where the group cannot be seen.
        let _ = self.group.kill();
        Progress::Over
    }

    /// Returns who lives of the child's group. `None` means that this cannot be learned.
    fn living(&self, processes: &Processes) -> Option<Vec<Member>> {
        let members = self.group.members(processes)?;
        let members = members.into_iter().map(Member::new);
        Some(members.filter(Member::is_alive).collect())
    }

    /// Names what lives on of a child that has ended so, since it has become another user's.
    fn name_beyond(&self, end: End, others: &[i32]) {
        let child = self.ended_words(Some(end));
        if end == End::Beyond {
            report::line(&child);
        }
        for pid in others {
            report::line(&format!(
                "pid {pid} of the group of {child} is another user's, and could not be killed"
            ));
        }
    }

    fn is_shutting_down(&self) -> bool {
        self.origin.as_ref().is_some_and(Origin::is_requested)
    }

    /// Tells the app that this child has ended so, which the app cannot do without. An app that is shutting down
    /// already is not told.
    fn report_essential_end(&self, end: End) {
        let Some(origin) = self.origin.as_ref().filter(|app| !app.is_requested()) else {
            return;
        };
        let failed = !matches!(end, End::Status(status) if status.success());
        // The request wakes tasks, which is foreign code and may panic.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            origin.misses(self.ended_words(Some(end)), failed);
        }));
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
