//! The listener: the thread that waits for signals and conducts the app through its phases.
//!
//! The listener is the thread that has called `main` or [`App::run`], which is the process's initial thread as a rule.
//! Linux delivers a signal for the whole process to that thread, as long as it does not block the signal. So the
//! app's threads run no handlers, and their blocking calls do not fail with EINTR.
//!
//! The listener sleeps until something has happened, collects it as [events](crate::lifecycle::Event), asks the
//! [lifecycle](crate::lifecycle) which actions follow, and performs these. The phases run on another thread, which gets
//! its commands from here (`channel.rs`). The listener runs no code of the user's, so such code cannot keep it from the
//! next signal.
//!
//! [`App::run`]: crate::App::run

use std::cell::Cell;
use std::panic::Location;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::children;
use crate::error::Error;
use crate::exit;
use crate::lifecycle::{Action, Deadline, Event, Lifecycle, Rules, Stage, Step, Turn};
use crate::manager::{self, Notifier};
use crate::observe::{self, EventKind, Observers};
use crate::report::{self, Line};
use crate::shield::{self, Barrier};
use crate::shutdown::Shutdown;
use crate::signal::{Began, Word};
use crate::signal::{SIGHUP, SIGINT};
use crate::status::Status;
use crate::stragglers::Stragglers;
use crate::sync::spawn;
use crate::sys::{self, Readers, Registration};
use crate::ticks::Moment;

mod app_thread;
mod channel;
mod contradiction;
mod deadlines;
mod ending;
mod executor;
mod explanation;
mod install;
mod limits;
mod naming;
mod options;
mod outcome;
mod parts;
mod phases;
mod run;
mod taken;
mod telling;
mod turn;
mod waker;

use app_thread::AppThread;
use channel::{Channel, Command};
use deadlines::Deadlines;
use ending::Ending;
pub use executor::{Executor, Phases};
use install::{Installed, install};
pub use limits::Limits;
pub use options::Options;
pub use outcome::Outcome;
pub(crate) use parts::{
    Body, ChangeLimits, Erased, First, Part, Parts, Plan, StartOne, WithCallback,
};
pub(crate) use phases::{Program, Sequence};
use telling::work_of;

/// How the app was begun, which decides what its end does to the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The app was begun by `App::main`: the process ends with the app.
    Main,
    /// The app was begun by `App::run`: the process goes on after the app.
    Embedded,
}

/// Installs the handlers, starts the app's thread, and listens until the app has ended.
///
/// `signals` are the signals that call a function of the user's.
///
/// # Errors
///
/// When the app cannot begin. No code of the user's has run then.
pub(crate) fn listen(
    options: &Options,
    form: Form,
    signals: &[i32],
    observers: Observers,
    manager: Option<manager::Settings>,
    program: Program,
) -> Result<Outcome, Error> {
    let executor = program.sequence.executor();
    let is_async = executor.is_some();
    let may_drain = options.limits.drain.is_some() || program.changes_limits;
    let mut installed = install(options, signals, is_async, may_drain)?;
    let shutdown = &installed.shutdown.clone();
    // Before the app's first thread, so that each of them finds it, and before anything is said.
    let mut telling = observe::install(observers, options.says_nothing);
    // While there is one thread, since the environment is changed.
    let notifier = Notifier::begin(manager, shutdown)?;
    let channel = Channel::new(is_async);
    let channel = Arc::new(channel.map_err(Error::Descriptor)?);
    telling.begin(shutdown.inbox()).map_err(Error::Thread)?;
    if let Some(words) = explanation::nonsense() {
        report::line(&words);
    }
    let explain = explanation::wanted(options.limits.explain);
    shutdown.record().set_explain(explain);
    let waker = executor.map(|executor| waker::start(shutdown, &channel, executor.watches()));
    let waker = waker.transpose().map_err(Error::Thread)?;
    let app_thread = AppThread {
        form,
        shutdown: shutdown.clone(),
        channel: Arc::clone(&channel),
        limits: options.limits,
        is_async,
        turns: Cell::new(0),
        has_reported: Cell::new(false),
    };
    let place = program.location;
    let thread = thread::Builder::new().name("main".into());
    let thread = thread.stack_size(sys::main_stack_size());
    let app =
        spawn(thread, Box::new(move || program.run_phases(app_thread))).map_err(Error::Thread)?;
    installed.note_begun();
    let ending = Ending::new(shutdown, app, waker);
    // Only an embedded app gets further.
    let listener = Listener {
        notifier,
        ..Listener::new(options, form, place, &installed, channel, is_async, ending)
    };
    let status = listener.listen();
    shutdown.record().end();
    exit::explain();
    // Before there is no live app any more: who is told of its end may ask for its handle.
    observe::flush();
    // The handlers go before the outcome is made: a signal comes to one of them, and is in the outcome, or does what it
    // did before the app. In the other order one that comes between the two would be lost.
    drop(installed);
    drop(telling);
    Ok(Outcome {
        status,
        reason: shutdown.reason(),
        signals: shutdown.signals(),
        timeline: shutdown.timeline().unwrap_or_default(),
    })
}

/// The listener, and what it knows.
struct Listener<'a> {
    form: Form,
    shutdown: &'a Shutdown,
    registrations: &'a [Registration],
    reaps_orphans: bool,
    channel: Arc<Channel>,
    lifecycle: Lifecycle,
    deadlines: Deadlines,
    shield_wait: ShieldWait,
    reported: Reported,
    /// The processes that read our standard output and standard error.
    readers: Readers,
    /// The place of the app in the user's code. The shields of `start` and `stop` have it.
    place: &'static Location<'static>,
    /// The step that the app's thread was told last.
    step: Step,
    /// When it was told that.
    step_began: Instant,
    /// Whether an observer was told that `run` is cancelled.
    told_cancelled: bool,
    notifier: Notifier,
    /// The wait of the end, once it has begun.
    stragglers: Option<Stragglers>,
    /// Since when a stream keeps the process from its end.
    stuck: Option<Moment>,
    /// The status of an embedded app that has ended.
    ended: Option<Status>,
    /// The threads of the app. An embedded one is over when these have ended.
    ending: Ending,
}

/// What the listener waits for before it reports [`Event::ShieldsClear`].
enum ShieldWait {
    Nothing,
    /// The functions of `on_request` and of `on_signal`, and then the shields. This order matters: these functions may
    /// hold shields, and none can begin once the barrier has closed.
    Callbacks,
    Shields(Barrier),
}

/// How much the listener has reported to the lifecycle of what the signal handlers have decided. The handlers note
/// their decisions in one [`Word`], which the listener reads.
#[derive(Debug, Default)]
struct Reported {
    request: bool,
    signal: bool,
    hangup: bool,
    /// How many SIGINTs of a user who insists were reported (`lifecycle.rs` says what it means to insist).
    insists: u8,
}

impl<'a> Listener<'a> {
    fn new(
        options: &Options,
        form: Form,
        place: &'static Location<'static>,
        installed: &'a Installed,
        channel: Arc<Channel>,
        is_async: bool,
        ending: Ending,
    ) -> Self {
        let rules = Rules {
            drains: options.limits.drain.is_some(),
            droppable: is_async,
            bounds_stop: options.limits.timeout_stop.is_some(),
            forces_second: options.force_after == Some(2),
            exit: options.exit,
        };
        Listener {
            form,
            shutdown: &installed.shutdown,
            registrations: &installed.registrations,
            reaps_orphans: installed.adoption.is_some(),
            channel,
            lifecycle: Lifecycle::new(rules),
            deadlines: Deadlines::new(&options.limits),
            shield_wait: ShieldWait::Nothing,
            reported: Reported::default(),
            readers: Readers::new(),
            place,
            step: Step::Body,
            step_began: Instant::now(),
            told_cancelled: false,
            notifier: Notifier::none(),
            stragglers: None,
            stuck: None,
            ended: None,
            ending,
        }
    }

    /// Conducts the app until it has ended. Where the process ends with the app, this does not return.
    fn listen(mut self) -> Status {
        loop {
            if self.reaps_orphans {
                sys::reap_orphans();
            }
            while let Some(event) = self.next_event() {
                // Messages speak of the stage in which the event has come, and not of the one that follows from it.
                let stage = self.lifecycle.stage();
                let actions = self.lifecycle.on(event);
                if actions.contains(&Action::Drain) {
                    // Before anybody can see that the app runs: who asks for its end then finds one that drains.
                    self.shutdown.inbox().drain();
                }
                // Before the app's thread is told anything, so that a function of the app's sees its own phase.
                self.shutdown.note_stage(self.lifecycle.stage());
                if let Event::Requested { .. } | Event::ForeignExit = event {
                    // Before `run` is cancelled: what ends by that is a part of the stop.
                    self.note_stretch();
                }
                // Behind that, so that who is told of the request finds a picture of the stop.
                self.tell(event);
                for action in actions {
                    self.perform(action, stage);
                }
                if self.lifecycle.stage() == Stage::Foreign {
                    // The thread that has called `exit` waits for shields now.
                    self.shield_wait = ShieldWait::Nothing;
                }
                if event == Event::ForeignExit {
                    self.notifier.stops();
                    shield::note_left_out(match stage {
                        Stage::Start => Some("what `start` has made is not undone"),
                        Stage::Run | Stage::Settle => Some("`stop` is not called"),
                        _ => None,
                    });
                }
            }
            self.note_stretch();
            // Behind the actions, since one of them may have cancelled `run`.
            self.shutdown.tell_phase();
            // A thread of the app's may have code of the user's to run yet, which may never end. Until then the limits
            // are in force, and what is waited for is named.
            if let Some(status) = self.ended.filter(|_| self.ending.is_over()) {
                exit::note_asked(self.lifecycle.is_asked());
                return status;
            }
            self.name_stragglers();
            self.notifier.look(self.shutdown, self.lifecycle.stage());
            shield::note_limit(self.deadlines.are_in_force());
            self.leave_streams_behind();
            self.sleep();
        }
    }

    /// Ends the process when a stream has kept it from its end for a second, and somebody has asked for the end.
    fn leave_streams_behind(&mut self) {
        const ENOUGH: Duration = Duration::from_secs(1);
        let stuck = self.is_leaving() && self.lifecycle.is_asked() && exit::may_wait_for_a_stream();
        if !stuck {
            self.stuck = None;
        } else if self.stuck.get_or_insert_with(Moment::now).elapsed() >= ENOUGH {
            exit::leave_streams_behind();
        }
    }

    /// Whether a thread is in `exit(3)`. Nobody tells when it waits for a stream, so the listener has to look.
    fn is_leaving(&self) -> bool {
        matches!(self.lifecycle.stage(), Stage::Leaving | Stage::Foreign)
    }

    /// Sleeps until something has happened, or a time is up. This may return without a cause: the caller looks again.
    fn sleep(&mut self) {
        let inbox = self.shutdown.inbox();
        let listener = inbox.listener_event().as_ref();
        let reader_check = self.readers.attend(inbox.reading_ends());
        let timeout = [self.timeout(), reader_check].into_iter().flatten().min();
        // The event of the request stays readable for ever, so the listener sleeps on it only until it knows.
        if self.reported.request {
            self.readers.wait(&[listener], timeout);
        } else {
            self.readers
                .wait(&[listener, inbox.requested_event()], timeout);
        }
        let word = inbox.word();
        if !self.reported.request && word.is_requested() {
            // The handler has woken the threads that wait for the request, too, and one of them may want this
            // processor. The user waits for those threads, and nobody for the listener, so they run first.
            thread::yield_now();
        }
        // The event is cleared before the listener looks for what has happened. In the other order, what happens
        // between the look and the clearing would be cleared unseen, and the listener would sleep through it.
        inbox.listener_event().clear();
        self.deadlines.tick(Instant::now());
        children::set_time_left(self.shutdown, self.deadlines.left_for_children());
    }

    /// Returns how long to sleep at the most, or `None` without a limit.
    fn timeout(&self) -> Option<Duration> {
        let stragglers = self.stragglers.as_ref().map(Stragglers::look_again);
        let barrier = match &self.shield_wait {
            ShieldWait::Shields(barrier) => barrier.look_again(),
            ShieldWait::Nothing | ShieldWait::Callbacks => None,
        };
        let look = self.is_leaving().then_some(Duration::from_millis(100));
        let notifier = self.notifier.look_again();
        [self.deadlines.next(), stragglers, barrier, look, notifier]
            .into_iter()
            .flatten()
            .min()
    }

    /// Returns the next event that the lifecycle has not seen.
    ///
    /// Signals come before the queue: the end of a phase may be the consequence of a signal, and the lifecycle should
    /// learn the cause first. This order is not exact, since a signal can arrive after the word was read here, and the
    /// phase that it ends can report before the queue is read. The lifecycle accepts that order as well.
    fn next_event(&mut self) -> Option<Event> {
        let word = self.shutdown.inbox().word();
        self.next_request(word)
            .or_else(|| self.shutdown.events().next())
            .or_else(|| self.deadlines.take_expired().map(Event::Expired))
            .or_else(|| self.shields_are_clear().then_some(Event::ShieldsClear))
    }

    /// Returns the next event that follows from the word of the signal handlers.
    fn next_request(&mut self, word: Word) -> Option<Event> {
        let first = || {
            let first = self.shutdown.inbox().arrived().first();
            first.map(|signal| signal.number())
        };
        // A SIGHUP mostly means that the terminal is gone. Each write to it fails from then on, and a `println!` in
        // `stop` would panic. So `/dev/null` takes the place of such streams.
        if !self.reported.hangup && self.shutdown.inbox().arrived().has_come(SIGHUP) {
            self.reported.hangup = true;
            sys::replace_lost_streams();
        }
        if word.is_requested() && !self.reported.request {
            self.reported.request = true;
            shield::note_times();
            self.readers.watch();
            self.channel.ring();
            let by_signal = word.began() == Some(Began::Signal);
            self.reported.signal |= by_signal;
            return Some(Event::Requested {
                signal: first().filter(|_| by_signal),
                cancels: word.cancelled(),
            });
        }
        if word.signalled() && !self.reported.signal {
            self.reported.signal = true;
            return first().map(Event::LateSignal);
        }
        if word.insists() > self.reported.insists && !self.ending.is_about_to_be_over() {
            self.reported.insists += 1;
            return Some(Event::Insisted(SIGINT));
        }
        None
    }

    /// Returns whether the shields that the listener waited for have ended. This is reported once for each wait.
    fn shields_are_clear(&mut self) -> bool {
        if matches!(self.shield_wait, ShieldWait::Callbacks)
            && self.shutdown.callbacks_are_done()
            && self.shutdown.watchers_are_done()
        {
            self.await_all_shields();
        }
        let clear = match &mut self.shield_wait {
            ShieldWait::Nothing | ShieldWait::Callbacks => false,
            ShieldWait::Shields(barrier) => barrier.is_clear(),
        };
        if clear {
            self.shield_wait = ShieldWait::Nothing;
        }
        clear
    }

    /// Performs an action that the lifecycle has decided on, for an event that has come in this stage.
    fn perform(&mut self, action: Action, stage: Stage) {
        match action {
            Action::Do(step) => {
                self.step = step;
                self.step_began = Instant::now();
                observe::tell(|| EventKind::Began(work_of(step)));
                if step == Step::Run {
                    self.prepare_run();
                }
                self.note_stretch();
                self.channel.tell(Command::Do(step));
            }
            Action::Begin(why) => {
                if self.shutdown.inbox().begin(why) {
                    // The lifecycle itself has asked for this, so it need not be reported to it.
                    self.reported.request = true;
                    self.note_stretch();
                    self.tell_request();
                    shield::note_times();
                    self.readers.watch();
                }
            }
            // `listen` has done this, before it told the phase.
            Action::Drain => {}
            Action::ChangeLimits => self.change_limits(),
            Action::Cancel => {
                // An observer is told first, and the picture of the stop: what the cancellation leads to comes after
                // it.
                self.tell_cancellation();
                self.note_stretch();
                self.shutdown.inbox().cancel();
                self.channel.ring();
            }
            Action::GiveUp => self.channel.give_up(),
            Action::Arm(deadline) => {
                self.deadlines.arm(deadline, Instant::now());
                self.note_time_for_children();
            }
            Action::Disarm(deadline) => {
                self.deadlines.disarm(deadline);
                self.note_time_for_children();
            }
            Action::Bound(limit) => self
                .deadlines
                .arm_with(Deadline::Turn, limit, Instant::now()),
            Action::LeaveBehind(turn) => self.channel.leave_behind(turn),
            Action::AwaitHeld => {
                let event = Arc::clone(self.shutdown.inbox().listener_event());
                self.shield_wait = ShieldWait::Shields(Barrier::held_now(event));
            }
            Action::AwaitAll => match self.lifecycle.stage() {
                Stage::Exit => self.shield_wait = ShieldWait::Callbacks,
                _ => self.await_all_shields(),
            },
            Action::Explain => self.explain(),
            Action::AbandonReport => report::abandon(),
            Action::NameHolders => self.name_all(stage),
            Action::NameDropped => report::line(&format!(
                "`run` was dropped after its grace of {:?}",
                self.deadlines.limit(Deadline::Grace).unwrap_or_default()
            )),
            Action::NameBlocked => {
                let grace = self.deadlines.limit(Deadline::Grace).unwrap_or_default();
                report::line(&format!(
                    "`run` blocks its thread, and cannot be dropped after its grace of {grace:?}"
                ));
                self.name_all(stage);
            }
            Action::NameForced => report::failure(
                "`run` has not ended in the second that it had left: the program ends without `stop`",
            ),
            Action::NameTurn(Turn {
                component, limit, ..
            }) => {
                let line = format!(
                    "timeout(stop) of component `{component}`, {limit:?}, has passed: its `stop` has not ended"
                );
                let option = "timeout(stop)";
                let passed = EventKind::LimitPassed { option, limit };
                observe::say(passed, Line::failure(&line));
                self.name_all(stage);
            }
            Action::NameDeadline(deadline) => self.name_deadline(deadline, stage),
            Action::Leave(status) => {
                observe::tell(|| EventKind::Leaving(status));
                // What `exit(3)` does is waited for from here on.
                self.stragglers = None;
                self.note_stretch();
                self.channel.tell(Command::Leave(status));
                if self.form == Form::Embedded {
                    self.ended = Some(status);
                    self.ending.begin();
                }
            }
            Action::EndProcess(status) => {
                observe::tell(|| EventKind::Leaving(status));
                exit::end_process(status)
            }
        }
    }

    /// Has the limits in force that the value of the body has led to.
    fn change_limits(&mut self) {
        if let Some(limits) = self.channel.limits() {
            self.deadlines.set_limits(&limits);
            shield::set_exit_wait(limits.exit_wait);
            let explain = explanation::wanted(limits.explain);
            self.shutdown.record().set_explain(explain);
        }
    }

    /// Does what comes before the command to run.
    fn prepare_run(&mut self) {
        sys::come_first();
        // The look comes before the command, since `run` may handle a signal by itself for a while, as line editors do.
        taken::name_taken(self.registrations);
        self.notifier.run_begins(self.shutdown);
    }

    /// Says how much time the children have before a deadline of the app, so that those that do not end are killed in
    /// time.
    fn note_time_for_children(&self) {
        children::set_time_left(self.shutdown, self.deadlines.left_for_children());
        children::deadlines_have_changed();
    }

    /// Waits until no shield is held. In an app that is the whole program, none can begin any more.
    fn await_all_shields(&mut self) {
        let event = Arc::clone(self.shutdown.inbox().listener_event());
        let forced = matches!(self.lifecycle.stage(), Stage::Force(_));
        self.shield_wait = ShieldWait::Shields(match self.form {
            // The process goes on after the app. Threads that are none of the app's may go on to use shields, so the
            // gate stays open, and only the shields that are held now are waited for.
            Form::Embedded if !forced => Barrier::held_now(event),
            _ => Barrier::all(event),
        });
    }
}
