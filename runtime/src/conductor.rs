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

use std::process::{ExitCode, Termination};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::children;
use crate::error::Error;
use crate::exit;
use crate::lifecycle::{Action, Deadline, Event, Lifecycle, NextPress, Rules, Stage};
use crate::report::{self, Stragglers};
use crate::shield::{self, Barrier};
use crate::shutdown::{Reason, Shutdown};
use crate::signal::{Began, Word};
use crate::signal::{SIGHUP, SIGINT, Signal};
use crate::status::Status;
use crate::sync::spawn;
use crate::sys::{self, Readers};

mod app_thread;
mod channel;
mod deadlines;
mod executor;
mod install;
mod options;
mod parts;
mod phases;
mod run;
mod waker;

use app_thread::AppThread;
use channel::{Channel, Command};
use deadlines::Deadlines;
pub use executor::{Executor, Phases};
use install::{Installed, install};
pub use options::Options;
pub(crate) use parts::{Body, Erased, First, Part, Parts, Plan, StartOne, WithCallback};
pub(crate) use phases::{Program, Sequence};

/// How the app was begun, which decides what its end does to the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The app was begun by `App::main`: the process ends with the app.
    Main,
    /// The app was begun by `App::run`: the process goes on after the app.
    Embedded,
}

/// How an app has ended that is a part of a larger program. [`App::run`](crate::App::run) returns this.
///
/// A `main` that returns it ends the process as the app has ended: with that code, or by the signal, as
/// [`Status::exit`] does.
///
/// ```standalone_crate
/// use aplomb::{Absent, App, Error, Outcome};
///
/// fn main() -> Result<Outcome, Error> {
///     let ended = App::new(Absent, || (), Absent).run()?;
///     println!("the rest of the program");
///     Ok(ended)
/// }
/// ```
///
/// ```standalone_crate
/// use aplomb::{Absent, App, Reason, Status};
///
/// let ended = App::new(Absent, || Err::<(), _>("no luck"), Absent).run()?;
/// assert_eq!(ended.status, Status::Code(1));
/// assert_eq!(ended.reason, Some(Reason::Failed));
/// assert!(ended.signals.is_empty());
/// # Ok::<(), aplomb::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The status that the process would have ended with, had the app been the whole program.
    pub status: Status,
    /// What began the shutdown: the first cause counts.
    pub reason: Option<Reason>,
    /// The shutdown signals that have arrived, each once, in the order of their arrival.
    pub signals: Vec<Signal>,
}

impl Termination for Outcome {
    fn report(self) -> ExitCode {
        match self.status {
            Status::Code(code) => ExitCode::from(code),
            // The code that `main` returns cannot say this, so the process ends here.
            Status::Signal(_) => self.status.exit(),
        }
    }
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
    program: Program,
) -> Result<Outcome, Error> {
    let executor = program.sequence.executor();
    let is_async = executor.is_some();
    let installed = &install(options, signals, is_async)?;
    let shutdown = &installed.shutdown;
    let channel = Channel::new(is_async);
    let channel = Arc::new(channel.map_err(Error::Descriptor)?);
    let waker = executor.map(|executor| waker::start(shutdown, &channel, executor.watches()));
    let waker = waker.transpose().map_err(Error::Thread)?;
    let app_thread = AppThread {
        form,
        shutdown: shutdown.clone(),
        channel: Arc::clone(&channel),
    };
    let thread = thread::Builder::new().name("main".into());
    let thread = thread.stack_size(sys::main_stack_size());
    let app =
        spawn(thread, Box::new(move || program.run_phases(app_thread))).map_err(Error::Thread)?;
    let status = Listener::new(options, form, installed, channel, is_async).listen();
    // Only an embedded app gets here. Its threads have nothing left to do, so the joins do not block. A panic of theirs
    // was reported as an event already.
    let _ = app.join();
    let _ = waker.map(JoinHandle::join);
    Ok(Outcome {
        status,
        reason: shutdown.reason(),
        signals: shutdown.signals(),
    })
}

/// The listener, and what it knows.
struct Listener<'a> {
    form: Form,
    shutdown: &'a Shutdown,
    reaps_orphans: bool,
    channel: Arc<Channel>,
    lifecycle: Lifecycle,
    deadlines: Deadlines,
    shield_wait: ShieldWait,
    reported: Reported,
    /// The processes that read our standard output and standard error.
    readers: Readers,
    /// When to name what holds the end up: the stage that this schedule belongs to, and when the stage began.
    stragglers: Option<(Stage, Instant, Stragglers)>,
    /// The status of an embedded app that has ended.
    ended: Option<Status>,
}

/// While `run` goes on, only a shield that is older than this is named as one that holds up the end. Threads that work
/// are in and out of shields all the time, and a shield that ends by itself in a moment holds nothing up.
const SHORT_HOLD: Duration = Duration::from_millis(500);

/// What the listener waits for before it reports [`Event::ShieldsClear`].
enum ShieldWait {
    Nothing,
    /// The functions of `on_request`, and then the shields. This order matters: these functions may hold shields, and
    /// none can begin once the barrier has closed.
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
        installed: &'a Installed,
        channel: Arc<Channel>,
        is_async: bool,
    ) -> Self {
        let rules = Rules {
            drains: options.drain.is_some(),
            droppable: is_async,
            bounds_stop: options.timeout_stop.is_some(),
            forces_second: options.force_after == Some(2),
            exit: options.exit,
        };
        Listener {
            form,
            shutdown: &installed.shutdown,
            reaps_orphans: installed.adoption.is_some(),
            channel,
            lifecycle: Lifecycle::new(rules),
            deadlines: Deadlines::new(options),
            shield_wait: ShieldWait::Nothing,
            reported: Reported::default(),
            readers: Readers::new(),
            stragglers: None,
            ended: None,
        }
    }

    /// Conducts the app until it has ended. Where the process ends with the app, this does not return.
    fn listen(mut self) -> Status {
        loop {
            if self.reaps_orphans {
                sys::reap_orphans();
            }
            while let Some(event) = self.next_event() {
                for action in self.lifecycle.on(event) {
                    self.perform(action);
                }
                // At once: what comes after the end of an embedded app must not end the process.
                if let Some(status) = self.ended {
                    return status;
                }
            }
            self.name_stragglers();
            self.sleep();
        }
    }

    /// Sleeps until something has happened, or a time is up. This may return without a cause: the caller looks again.
    fn sleep(&mut self) {
        let inbox = self.shutdown.shared_inbox();
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
        children::set_time_left(self.deadlines.left_for_children());
    }

    /// Returns how long to sleep at the most, or `None` without a limit.
    fn timeout(&self) -> Option<Duration> {
        let stragglers = self
            .stragglers
            .as_ref()
            .map(|(_, began, stragglers)| stragglers.next().saturating_sub(began.elapsed()));
        let barrier = match &self.shield_wait {
            ShieldWait::Shields(barrier) => barrier.look_again(),
            ShieldWait::Nothing | ShieldWait::Callbacks => None,
        };
        [self.deadlines.next(), stragglers, barrier]
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
        let word = self.shutdown.shared_inbox().word();
        self.next_request(word)
            .or_else(|| self.shutdown.events().next())
            .or_else(|| self.deadlines.take_expired().map(Event::Expired))
            .or_else(|| self.shields_are_clear().then_some(Event::ShieldsClear))
    }

    /// Returns the next event that follows from the word of the signal handlers.
    fn next_request(&mut self, word: Word) -> Option<Event> {
        let first = || {
            let first = self.shutdown.shared_inbox().first_signal();
            first.map(|signal| signal.number())
        };
        // A SIGHUP mostly means that the terminal is gone. Each write to it fails from then on, and a `println!` in
        // `stop` would panic. So `/dev/null` takes the place of such streams.
        if !self.reported.hangup && self.shutdown.shared_inbox().has_come(SIGHUP) {
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
        if word.insists() > self.reported.insists {
            self.reported.insists += 1;
            return Some(Event::Insisted(SIGINT));
        }
        None
    }

    /// Returns whether the shields that the listener waited for have ended. This is reported once for each wait.
    fn shields_are_clear(&mut self) -> bool {
        if matches!(self.shield_wait, ShieldWait::Callbacks) && self.shutdown.callbacks().are_done()
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

    /// Performs an action that the lifecycle has decided on.
    fn perform(&mut self, action: Action) {
        match action {
            Action::Do(step) => self.channel.tell(Command::Do(step)),
            Action::Begin(why) => {
                if self.shutdown.shared_inbox().begin(why) {
                    // The lifecycle itself has asked for this, so it need not be reported to it.
                    self.reported.request = true;
                    shield::note_times();
                    self.readers.watch();
                }
            }
            Action::Drain => self.shutdown.shared_inbox().drain(),
            Action::Cancel => {
                self.shutdown.shared_inbox().cancel();
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
            Action::AwaitHeld => {
                let event = Arc::clone(self.shutdown.shared_inbox().listener_event());
                self.shield_wait = ShieldWait::Shields(Barrier::held_now(event));
            }
            Action::AwaitAll => match self.lifecycle.stage() {
                Stage::Exit => self.shield_wait = ShieldWait::Callbacks,
                _ => self.await_all_shields(),
            },
            Action::Explain => self.explain(),
            Action::AbandonReport => report::abandon(),
            Action::NameHolders => self.name_all(&self.holders()),
            Action::NameForced => report::line(
                "`run` has not ended in the second that it had left: the program ends without `stop`",
            ),
            Action::NameDeadline(deadline) => self.name_deadline(deadline),
            Action::Leave(status) => {
                self.channel.tell(Command::Leave(status));
                if self.form == Form::Embedded {
                    self.ended = Some(status);
                }
            }
            Action::EndProcess(status) => exit::end_process(status),
        }
    }

    /// Says how much time the children have before a deadline of the app, so that those that do not end are killed in
    /// time.
    fn note_time_for_children(&self) {
        children::set_time_left(self.deadlines.left_for_children());
        children::deadlines_have_changed();
    }

    /// Waits until no shield is held. In an app that is the whole program, none can begin any more.
    fn await_all_shields(&mut self) {
        let event = Arc::clone(self.shutdown.shared_inbox().listener_event());
        let forced = matches!(self.lifecycle.stage(), Stage::Force(_));
        self.shield_wait = ShieldWait::Shields(match self.form {
            // The process goes on after the app. Threads that are none of the app's may go on to use shields, so the
            // gate stays open, and only the shields that are held now are waited for.
            Form::Embedded if !forced => Barrier::held_now(event),
            _ => Barrier::all(event),
        });
    }

    /// Returns the shields that the app waits for. Where it does not wait for shields, these are all that are held.
    fn holders(&self) -> Vec<shield::ShieldInfo> {
        match &self.shield_wait {
            ShieldWait::Shields(barrier) => barrier.holders(),
            ShieldWait::Nothing | ShieldWait::Callbacks => shield::pending(),
        }
    }

    /// Names what holds the end up, when it is time to.
    fn name_stragglers(&mut self) {
        let stage = self.lifecycle.stage();
        let waits = self.lifecycle.is_stopping()
            && !matches!(
                stage,
                Stage::Body | Stage::Foreign | Stage::Leaving | Stage::Over
            );
        if !waits {
            self.stragglers = None;
            return;
        }
        // Each stage has a schedule of its own, since each waits for something else.
        let current = self
            .stragglers
            .as_mut()
            .filter(|(known, ..)| *known == stage);
        let Some((_, began, stragglers)) = current else {
            self.stragglers = Some((stage, Instant::now(), Stragglers::new()));
            return;
        };
        if !stragglers.are_due(began.elapsed()) {
            return;
        }
        let mut holders = self.holders();
        holders.retain(|holder| stage != Stage::Run || holder.age() > SHORT_HOLD);
        if matches!(self.shield_wait, ShieldWait::Callbacks) {
            report::waiting_for("a function of `on_request`");
        }
        self.name_all(&holders);
    }

    /// Names these shields, and the functions of components that are running, as what the end waits for.
    fn name_all(&self, holders: &[shield::ShieldInfo]) {
        for holder in holders {
            report::waiting_for(format_args!("shield {holder}"));
        }
        for work in self.shutdown.activities() {
            report::waiting_for(work);
        }
    }

    /// Says at a terminal what the app waits for after the first Ctrl-C, and what the next one does.
    fn explain(&mut self) {
        if !sys::stderr_is_terminal() {
            return;
        }
        if let Some((.., stragglers)) = &mut self.stragglers {
            // This line takes the place of the one that would be printed half a second later, which says less.
            stragglers.skip_first();
        }
        let next = match self.lifecycle.next_press() {
            NextPress::Names => "; another Ctrl-C changes nothing",
            NextPress::EndsDrain => "; press Ctrl-C again not to wait for that",
            NextPress::DropsRun => "; press Ctrl-C again to drop it and go on to `stop`",
            NextPress::LastSecond => {
                "; press Ctrl-C again to give it one more second, and then to end the program without `stop`"
            }
            NextPress::Forces => "; press Ctrl-C again to end the program without `stop`",
            NextPress::Kills => "; press Ctrl-C again to end the program at once",
        };
        let waits_for = match self.lifecycle.stage() {
            Stage::Start => "`start` ends first, then the program stops",
            _ if self.lifecycle.is_draining() => "draining",
            _ => "waiting for `run` to end",
        };
        report::line(&format!("SIGINT: {waits_for}{next}"));
    }

    /// Says that a deadline has passed, and names what the end waits for.
    fn name_deadline(&self, deadline: Deadline) {
        let returned = self.lifecycle.has_returned();
        let (what, doing) = match deadline {
            Deadline::Start if returned => (
                "timeout(start)",
                "`start` has ended, but the `Debug` of its error has not",
            ),
            Deadline::Run if returned => (
                "timeout(run)",
                "`run` has ended, but the `Debug` of its error has not",
            ),
            Deadline::Start => ("timeout(start)", "`start` has not ended"),
            Deadline::Run => ("timeout(run)", "`run` has not ended"),
            Deadline::Stop => ("timeout(stop)", "`stop` has not ended"),
            Deadline::Whole => ("deadline", "the shutdown has not ended"),
            Deadline::Drain | Deadline::GiveUp | Deadline::Explain => return,
        };
        let limit = self.deadlines.limit(deadline).unwrap_or_default();
        report::line(&format!("{what} of {limit:?} has passed: {doing}"));
        self.name_all(&self.holders());
    }
}
