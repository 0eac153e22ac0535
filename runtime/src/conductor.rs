//! The listening thread: the conductor.
//!
//! It is the thread that called us, the process's initial one: the one that the kernel gives a
//! process-directed signal to as long as it does not block it, so that the app's threads
//! see neither handlers nor EINTR. It sleeps until something happens, asks the
//! [lifecycle](crate::lifecycle) what to do about it, and does that. It runs no user code, so
//! nothing that the user does keeps it from the next signal.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::children;
use crate::error::Error;
use crate::exit;
use crate::lifecycle::{Action, Deadline, Event, Lifecycle, Rules, Stage};
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
pub(crate) use parts::{Body, Erased, First, Listening, Part, Parts, Plan, StartOne};
pub(crate) use phases::{Program, Sequence};

/// Which of the two ways an app is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Main,
    Embedded,
}

/// How an embedded app has ended; from [`App::run`].
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
    /// The status that the process would have ended with.
    pub status: Status,
    /// What began the shutdown.
    pub reason: Option<Reason>,
    /// The shutdown signals that came, each once, in the order of their arrival.
    pub signals: Vec<Signal>,
}

/// Installs the handlers, starts the app's thread, and listens until the app has ended. `signals` call a function.
pub(crate) fn listen(
    options: &Options,
    form: Form,
    signals: &[i32],
    program: Program,
) -> Result<Outcome, Error> {
    let executor = program.sequence.executor();
    let of_tasks = executor.is_some();
    let installed = &install(options, signals, of_tasks)?;
    let shutdown = &installed.shutdown;
    let channel = Channel::new(of_tasks);
    let channel = Arc::new(channel.map_err(Error::Descriptor)?);
    let waker = executor.map(|executor| waker::start(shutdown, &channel, executor.watches()));
    let waker = waker.transpose().map_err(Error::Thread)?;
    let inside = AppThread {
        form,
        shutdown: shutdown.clone(),
        channel: Arc::clone(&channel),
    };
    let thread = thread::Builder::new().name("main".into());
    let thread = thread.stack_size(sys::main_stack_size());
    let app = spawn(thread, Box::new(move || program.conduct(inside))).map_err(Error::Thread)?;
    let status = Listener::new(options, form, installed, channel, of_tasks).listen();
    // Only an embedded app gets here; its threads have nothing left to do, and nothing to say.
    let _ = app.join();
    let _ = waker.map(JoinHandle::join);
    Ok(Outcome {
        status,
        reason: shutdown.reason(),
        signals: shutdown.signals(),
    })
}

struct Listener<'a> {
    form: Form,
    shutdown: &'a Shutdown,
    reaps_orphans: bool,
    channel: Arc<Channel>,
    lifecycle: Lifecycle,
    deadlines: Deadlines,
    awaited: Awaited,
    seen: Seen,
    /// Those of standard output and standard error.
    readers: Readers,
    stragglers: Option<(Stage, Instant, Stragglers)>,
    /// How the app has ended, once it has.
    ended: Option<Status>,
}

/// How long a shield may be held without being remarkable.
const IN_AND_OUT: Duration = Duration::from_millis(500);

/// What the listener waits for, of the shields.
enum Awaited {
    Nothing,
    /// The functions of `on_request` come first: they may use shields, which soon cannot begin.
    Callbacks,
    Shields(Barrier),
}

/// What of the handlers' word is already known to the lifecycle.
#[derive(Debug, Default)]
struct Seen {
    request: bool,
    signal: bool,
    terminal: bool,
    insists: u8,
}

impl<'a> Listener<'a> {
    fn new(
        options: &Options,
        form: Form,
        installed: &'a Installed,
        channel: Arc<Channel>,
        of_tasks: bool,
    ) -> Self {
        let rules = Rules {
            drains: options.drain.is_some(),
            droppable: of_tasks,
            bounds_stop: options.timeout_stop.is_some(),
            exit: options.exit,
        };
        Listener {
            form,
            shutdown: &installed.shutdown,
            reaps_orphans: installed.adoption.is_some(),
            channel,
            lifecycle: Lifecycle::new(rules),
            deadlines: Deadlines::new(options),
            awaited: Awaited::Nothing,
            seen: Seen::default(),
            readers: Readers::new(),
            stragglers: None,
            ended: None,
        }
    }

    fn listen(mut self) -> Status {
        loop {
            if self.reaps_orphans {
                sys::reap_orphans();
            }
            while let Some(event) = self.next_event() {
                for action in self.lifecycle.on(event) {
                    self.perform(action);
                }
            }
            if let Some(status) = self.ended {
                return status;
            }
            self.name_stragglers();
            self.sleep();
        }
    }

    /// Sleeps until there may be something to do.
    fn sleep(&mut self) {
        let inbox = self.shutdown.shared_inbox();
        let looks = self.readers.attend(inbox.reading_ends());
        let timeout = [self.timeout(), looks].into_iter().flatten().min();
        let listener = inbox.listener_event().as_ref();
        if self.seen.request {
            self.readers.wait(&[listener], timeout);
        } else {
            self.readers
                .wait(&[listener, inbox.requested_event()], timeout);
        }
        let word = inbox.word();
        if !self.seen.request && word.is_requested() {
            // Those who wait for the request are awake by now, and may share this processor. What
            // we have to do can wait.
            thread::yield_now();
        }
        inbox.listener_event().clear();
        self.deadlines.tick(Instant::now());
        children::set_time_left(self.deadlines.left_for_children());
    }

    fn timeout(&self) -> Option<Duration> {
        let stragglers = self
            .stragglers
            .as_ref()
            .map(|(_, began, stragglers)| stragglers.next().saturating_sub(began.elapsed()));
        let barrier = match &self.awaited {
            Awaited::Shields(barrier) => barrier.look_again(),
            Awaited::Nothing | Awaited::Callbacks => None,
        };
        [self.deadlines.next(), stragglers, barrier]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next thing that the lifecycle does not know yet: signals before what they may have
    /// led to.
    fn next_event(&mut self) -> Option<Event> {
        let word = self.shutdown.shared_inbox().word();
        self.next_request(word)
            .or_else(|| self.shutdown.events().next())
            .or_else(|| self.deadlines.take_expired().map(Event::Expired))
            .or_else(|| self.shields_are_clear().then_some(Event::ShieldsClear))
    }

    fn next_request(&mut self, word: Word) -> Option<Event> {
        let first = || {
            let first = self.shutdown.shared_inbox().first_signal();
            first.map(|signal| signal.number())
        };
        // A SIGHUP mostly means that the terminal is gone, and with it the standard streams.
        if !self.seen.terminal && self.shutdown.shared_inbox().has_come(SIGHUP) {
            self.seen.terminal = true;
            sys::replace_lost_streams();
        }
        if word.is_requested() && !self.seen.request {
            self.seen.request = true;
            shield::note_times();
            self.readers.watch();
            self.channel.ring();
            let by_signal = word.began() == Some(Began::Signal);
            self.seen.signal |= by_signal;
            return Some(Event::Requested {
                signal: first().filter(|_| by_signal),
                cancels: word.cancelled(),
            });
        }
        if word.signalled() && !self.seen.signal {
            self.seen.signal = true;
            return first().map(Event::LateSignal);
        }
        if word.insists() > self.seen.insists {
            self.seen.insists += 1;
            return Some(Event::Insisted(SIGINT));
        }
        None
    }

    fn shields_are_clear(&mut self) -> bool {
        if matches!(self.awaited, Awaited::Callbacks) && self.shutdown.callbacks().are_done() {
            self.await_all();
        }
        let clear = match &mut self.awaited {
            Awaited::Nothing | Awaited::Callbacks => false,
            Awaited::Shields(barrier) => barrier.is_clear(),
        };
        if clear {
            self.awaited = Awaited::Nothing;
        }
        clear
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Do(step) => self.channel.tell(Command::Do(step)),
            Action::Begin(why) => {
                if self.shutdown.shared_inbox().begin(why) {
                    self.seen.request = true;
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
                self.awaited = Awaited::Shields(Barrier::held_now(event));
            }
            Action::AwaitAll => match self.lifecycle.stage() {
                Stage::Exit => self.awaited = Awaited::Callbacks,
                _ => self.await_all(),
            },
            Action::Explain => self.explain(),
            Action::AbandonReport => report::abandon(),
            Action::NameHolders => self.name_all(&self.holders()),
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

    /// Children are killed in time where a deadline is near.
    fn note_time_for_children(&self) {
        children::set_time_left(self.deadlines.left_for_children());
        children::deadlines_have_changed();
    }

    fn await_all(&mut self) {
        let event = Arc::clone(self.shutdown.shared_inbox().listener_event());
        let forced = matches!(self.lifecycle.stage(), Stage::Force(_));
        self.awaited = Awaited::Shields(match self.form {
            // The process goes on, and so may shields that begin later.
            Form::Embedded if !forced => Barrier::held_now(event),
            _ => Barrier::all(event),
        });
    }

    fn holders(&self) -> Vec<shield::ShieldInfo> {
        match &self.awaited {
            Awaited::Shields(barrier) => barrier.holders(),
            Awaited::Nothing | Awaited::Callbacks => shield::pending(),
        }
    }

    /// Names who holds the end up, when it is time to.
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
        let of_this_stage = self
            .stragglers
            .as_mut()
            .filter(|(known, ..)| *known == stage);
        let Some((_, began, stragglers)) = of_this_stage else {
            self.stragglers = Some((stage, Instant::now(), Stragglers::new()));
            return;
        };
        if !stragglers.are_due(began.elapsed()) {
            return;
        }
        // While `run` runs others may be in and out of shields; these hold nothing up.
        let mut holders = self.holders();
        holders.retain(|holder| stage != Stage::Run || holder.age() > IN_AND_OUT);
        if matches!(self.awaited, Awaited::Callbacks) {
            report::waiting_for("a function of `on_request`");
        }
        self.name_all(&holders);
    }

    /// Names what is in the way: these shields, and what components are doing.
    fn name_all(&self, holders: &[shield::ShieldInfo]) {
        for holder in holders {
            report::waiting_for(format_args!("shield {holder}"));
        }
        for work in self.shutdown.activities() {
            report::waiting_for(work);
        }
    }

    /// After the first Ctrl-C, at a terminal: what is going on, and what the next one does.
    fn explain(&mut self) {
        if !sys::stderr_is_terminal() {
            return;
        }
        if let Some((.., stragglers)) = &mut self.stragglers {
            // Two lines within half a second would be one too many.
            stragglers.skip_first();
        }
        report::line(match self.lifecycle.stage() {
            Stage::Start => "SIGINT: `start` ends first, then the program stops",
            _ if self.lifecycle.is_draining() => {
                "SIGINT: draining; press Ctrl-C again not to wait for that"
            }
            _ if self.lifecycle.would_drop() => {
                "SIGINT: waiting for `run` to end; press Ctrl-C again to drop it and go on to `stop`"
            }
            _ => {
                "SIGINT: waiting for `run` to end; press Ctrl-C again to end the program without `stop`"
            }
        });
    }

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
