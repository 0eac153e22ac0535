//! The app: its phases, its options, and the two ways to run it.

use std::fmt::{self, Debug};
use std::mem;
use std::panic::Location;
use std::time::Duration;

use crate::component::Component;
use crate::conductor::{
    self, Erased, Executor, Form, Options, Outcome, Part, Parts, Plan, Program, Sequence, StartOne,
    WithCallback,
};
use crate::error::{Error, Failure};
use crate::manager;
use crate::observe::{Event, Observers, Reported};
use crate::phase::machinery::{
    AddOnSignal, Base, Components, Given, Kind, Leaves, List, Main, Many, NoBody, Nothing,
    OnSignal, Run, Runs, Signals, Start, Stop, Taken, Tasks, Then, Threads,
};
use crate::shield::call_admitted;
use crate::status::Status;
use crate::{exit, report};

mod builder;
mod options;

pub use builder::Builder;

/// A program of three phases, put together by hand. The attribute [`#[app]`](macro@crate::app) writes the same for you.
///
/// `start` makes a state, `run` works with that state, and `stop` ends it. `start` and `stop` are shielded: they are
/// never cut. What asks the app to stop, a signal or [`Shutdown::request`](crate::Shutdown::request), cancels `run`.
/// What the three functions may ask for and return is in [`phase`](crate::phase); the options are methods here.
///
/// An app of several parts is made by [`App::components`], an async app by [`App::executor`], and an app whose `main`
/// has a body by [`App::body`].
///
/// The type parameter is a list of what the app's functions can ask for. The compiler infers it;
/// [`List`](crate::phase::List) shows how a function returns an app.
///
/// ```no_run
/// use aplomb::{App, Shutdown};
/// use std::{io, time::Duration};
///
/// fn start() -> io::Result<Vec<u8>> { Ok(Vec::new()) }
/// fn run(state: &mut Vec<u8>, shutdown: &Shutdown) { shutdown.wait() }
/// fn stop(state: Vec<u8>) -> io::Result<()> { Ok(()) }
///
/// fn main() {
///     App::new(start, run, stop).timeout_stop(Duration::from_secs(20)).main()
/// }
/// ```
#[doc(alias("graceful_shutdown", "ctrlc"))]
#[must_use = "an app does nothing until `main` or `run` is called"]
pub struct App<L: List = Main<Threads, (), (NoBody, Many)>> {
    setup: Setup,
    /// The parts of the app. They are put together on the app's thread, so that what they make need not be `Send`.
    plan: Plan<L>,
}

/// All of an app but its parts. The types of these change with each part that is added, and this stays.
struct Setup {
    options: Options,
    sequence: Sequence,
    /// The signals that call a function, in the order in which the plan has these functions.
    signals: Vec<i32>,
    /// Whether the value of the body may change the limits.
    changes_limits: bool,
    /// What is told of what happens.
    observers: Observers,
    /// What a service manager is told, if it is told anything.
    manager: Option<manager::Settings>,
    /// A component whose `stop` has a limit of zero.
    without_time: Option<&'static str>,
    /// Where the user's code makes the app: the place that messages name for the shields of `start` and `stop`.
    location: &'static Location<'static>,
}

impl Setup {
    #[track_caller]
    fn new(sequence: Sequence) -> Self {
        Setup {
            options: Options::DEFAULT,
            sequence,
            signals: Vec::new(),
            changes_limits: false,
            observers: Observers::default(),
            manager: None,
            without_time: None,
            location: Location::caller(),
        }
    }

    fn observe(&mut self, observer: impl FnMut(&Event) + Send + 'static) {
        self.observers.observe(told(observer));
    }

    fn report<R: Into<Reported>>(
        &mut self,
        mut reporter: impl FnMut(&Event) -> R + Send + 'static,
    ) {
        self.observers
            .report(told(move |event| reporter(event).into()));
    }
}

// In the bounds below `S` is the state. `P` are the rights that `start` leaves to the value of the body, and `Q` those
// that `run` leaves to the state. `X`, `Y` and `Z` name what the compiler has inferred about the three functions. They
// have one letter each since rustc prints these lines in its messages. `phase::machinery` explains the traits.

impl App {
    /// Makes an app of these three phases. [`Absent`](crate::Absent) stands for a phase that is left out.
    ///
    /// What each function may ask for and return is in [`phase`](crate::phase). Anything else is a compile error.
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App};
    ///
    /// App::new(Absent, || println!("hello"), Absent).run()?;
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    #[track_caller]
    pub fn new<St, R, Sp, S, P, Q, X, Y, Z>(
        start: St,
        run: R,
        stop: Sp,
    ) -> App<Then<Main<Threads, (), P>, S, Q>>
    where
        S: 'static,
        P: 'static,
        Q: Leaves + 'static,
        St: Start<Base<Threads>, (), NoBody, S, P, X>,
        R: Run<Main<Threads, (), P>, S, (), <Threads as Kind>::Run, Q, Y>,
        Sp: Stop<Main<Threads, (), P>, S, Q::ToStop, Z>,
    {
        App::without_body().phases(start, run, stop)
    }

    /// Begins an app with a function that runs before `start`, as the body of `main` does under the attribute.
    ///
    /// `body` is for reading arguments and configuration. It must not acquire anything, since a shutdown signal that
    /// comes meanwhile ends the process at once. Its local values end before `start`, so the guard of a log goes to
    /// [`at_exit`](crate::at_exit), or into the value that it returns. `start` may ask for that value. An `Err` is
    /// printed with its `Debug`; no phase runs then, and the exit status is 1.
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App, Status};
    /// use std::convert::Infallible;
    ///
    /// let body = || Ok::<u8, Infallible>(7);
    /// let start = |config: u8| Ok::<u8, Infallible>(config + 1);
    /// let run = |state: &u8| std::process::ExitCode::from(*state);
    /// let ended = App::body(body).phases(start, run, Absent).run()?;
    /// assert_eq!(ended.status, Status::Code(8));
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    #[track_caller]
    pub fn body<C, E>(body: impl FnOnce() -> Result<C, E> + Send + 'static) -> Builder<Threads, C>
    where
        C: 'static,
        E: Debug + 'static,
    {
        let body = || body().map_err(Failure::new);
        Builder::new(
            Sequence::of_threads(),
            Box::new(|| Box::pin(async { body() })),
        )
    }

    /// Begins an async app on this executor, as the attribute does for an `async fn main`. `run` and the functions of
    /// signals are `async fn` there; `start` and `stop` may be `async fn` or `fn`.
    ///
    /// The executor runs on the app's thread, and is made after the handlers are installed. The state need not be
    /// `Send`. What the app spawns has to be what the executor demands.
    ///
    /// The `run` of an async app can be given up: the future is dropped where it waits, and `stop` runs. This happens
    /// when the user insists, that is with a further SIGINT at least 100 ms after the one before, and when
    /// [`timeout_run`](App::timeout_run) has passed. A shield that is held in `run` is waited for first. A `run` that
    /// blocks its thread cannot be dropped. Like a `run` of threads it has one more second, which begins when the
    /// shields have ended that are held at that moment; if it does not end by then, the process ends without `stop`.
    ///
    /// ```no_run
    /// # use aplomb::{App, Executor, Shutdown};
    /// # use std::io;
    /// async fn start() -> io::Result<Vec<u8>> { Ok(Vec::new()) }
    /// async fn run(state: &Vec<u8>, shutdown: &Shutdown) { shutdown.cancelled().await }
    /// async fn stop(state: Vec<u8>) -> io::Result<()> { Ok(()) }
    ///
    /// fn main() {
    ///     App::executor(Executor::block_on(smol::block_on)).phases(start, run, stop).main()
    /// }
    /// ```
    #[track_caller]
    pub fn executor(executor: Executor) -> Builder<Tasks, (), NoBody> {
        Builder::without_body(Sequence::of_tasks(executor))
    }

    /// Begins an app of components, which [`with`](App::with) adds one by one. The page [`component`](crate::component)
    /// tells how they start, run and stop.
    ///
    /// ```no_run
    /// use aplomb::{Absent, App, Shutdown};
    /// use std::{io, time::Duration};
    ///
    /// struct Database;
    /// struct Cache;
    ///
    /// impl Database {
    ///     fn start() -> io::Result<Self> { Ok(Database) }
    ///     fn stop(self) -> io::Result<()> { Ok(()) }
    /// }
    ///
    /// impl Cache {
    ///     fn start(_: &Database) -> io::Result<Self> { Ok(Cache) }
    ///     fn run(&self, shutdown: &Shutdown) { shutdown.wait() }
    /// }
    ///
    /// fn main() {
    ///     App::components()
    ///         .with("database", Database::start, Absent, Database::stop)
    ///         .with("cache", Cache::start, Cache::run, Absent)
    ///         .timeout_stop(Duration::from_secs(20))
    ///         .main()
    /// }
    /// ```
    #[track_caller]
    pub fn components() -> App {
        App::without_body().components()
    }

    /// Begins an app of threads whose `main` has no body.
    #[track_caller]
    pub(crate) fn without_body() -> Builder<Threads, (), NoBody> {
        Builder::without_body(Sequence::of_threads())
    }
}

impl<L: List> App<L> {
    /// Adds a component, a part of the app with phases of its own. It starts after the components that are there
    /// already, and stops before them.
    ///
    /// `component` is what messages call the component, or a [`Component`], which has options as well. In an app of
    /// threads its thread has that name, too.
    /// A `stop` may have a limit of its own, by [`timeout`](crate::component::timeout).
    /// [`Absent`](crate::Absent) stands for a function that is left out. Without `start` there is no state. Without
    /// `run` the component has nothing to do until it is stopped. Without `stop` the state is dropped when it would be
    /// stopped.
    ///
    /// ```no_run
    /// use aplomb::{Absent, App};
    /// # use std::convert::Infallible;
    ///
    /// struct Database;
    ///
    /// App::components()
    ///     .with("database", || Ok::<_, Infallible>(Database), Absent, |_: Database| println!("closed"))
    ///     .with("report", Absent, |_: &Database| println!("there is a database"), Absent)
    ///     .main();
    /// ```
    pub fn with<St, R, Sp, S, P, Q, X, Y, Z>(
        mut self,
        component: impl Into<Component>,
        start: St,
        run: R,
        stop: Sp,
    ) -> App<Then<L, S, Q>>
    where
        L: Components,
        S: 'static,
        Q: Leaves + 'static,
        St: Start<L, Nothing, Taken, S, P, X>,
        R: Run<L, S, Many, Runs<L>, Q, Y>,
        Sp: Stop<L, S, Q::ToStop, Z>,
    {
        let component = component.into();
        if stop.limit() == Some(Duration::ZERO) {
            self.setup.without_time = Some(component.name);
        }
        self.map(move |before| {
            let start: StartOne<dyn Parts<L>, S> = Box::new(|before, shutdown, cleanup| {
                start.start(Given::new(before.view(shutdown), None).with(cleanup))
            });
            Part::new(before, Some(component), start, run, stop)
        })
    }

    /// Has `function` called whenever `signal` arrives while `run` runs.
    ///
    /// All such functions are called one at a time. In an app of threads a thread of this library calls them. In an
    /// async app they are `async fn`, and are awaited beside `run`, in the same task. A function may ask for the state,
    /// and for what the components that were added before have made, unless a `run` has that value alone: see
    /// [`phase`](crate::phase). It may also ask for the `&Signal` that calls it, which tells who has sent the signal,
    /// and how many it stands for.
    ///
    /// Signals that come while their function is called make it be called once more, however many they are. Signals
    /// that come during `start` are kept for `run`. Signals that come after `run` are dropped. The functions are called
    /// until `run` has ended, also after a request.
    ///
    /// `function` returns `()` or `Result<(), E>`. An `Err` is printed, and asks for the shutdown: `run` is cancelled,
    /// after the [`drain`](App::drain) where there is one, `stop` runs, and the exit status is 1. `Err(Cancelled)`
    /// after a request is no error. A panic asks for the shutdown as well, and the status is 101.
    ///
    /// A signal with a function is no shutdown signal, even if [`signals`](App::signals) names it. It is handled even
    /// if the process was started with that signal ignored. The numbers of the signals are constants in
    /// [`signal`](crate::signal); [`signal::number`](crate::signal::number) tells those of real-time signals.
    ///
    /// # Errors
    ///
    /// The app does not begin, and [`run`](App::run) returns [`Error::Signal`], if the signal cannot be caught
    /// (SIGKILL, SIGSTOP), if it reports a fault (such as SIGSEGV), or if there is no such signal; and [`Error::Twice`]
    /// if the signal has two functions.
    ///
    /// ```no_run
    /// use aplomb::{Absent, App, signal::SIGHUP};
    ///
    /// # struct Config;
    /// # impl Config { fn read() -> std::io::Result<Self> { Ok(Config) } fn reload(&self) -> std::io::Result<()> { Ok(()) } }
    /// App::new(Config::read, Absent, Absent)
    ///     .on(SIGHUP, |config: &Config| config.reload())
    ///     .main();
    /// ```
    pub fn on<F, X: 'static>(mut self, signal: i32, function: F) -> Self
    where
        F: OnSignal<L, Signals<L>, X>,
    {
        self.setup.signals.push(signal);
        self.map(move |before| WithCallback::new(before, signal, function))
    }

    /// Has a function told what happens in the life of the app: phases, components, the request, what the end waits
    /// for.
    ///
    /// `observer` is called on a thread of its own, with one event after the other. Nobody waits for it but the exit,
    /// which gives it 100 ms for what is left, also at an end by force. Where it is slower than what happens, 1,024
    /// events wait for it, and those that find no room are counted ([`EventKind::Lost`](crate::EventKind::Lost)). If it
    /// panics, a line on standard error says so, it is not called again, and the exit status stays as it is.
    ///
    /// What different threads tell at the same time may come in either order: a signal wakes `run` and the listener, so
    /// a component's `run` may be told to have ended before the request. [`Event::at`](crate::Event::at) says when each
    /// thread came to tell it. Where other code calls `std::process::exit`,
    /// [`EventKind::Leaving`](crate::EventKind::Leaving) is told on Linux with glibc and on Windows alone: elsewhere
    /// nobody knows the code.
    ///
    /// The shield of the phases is not around it, and to request the shutdown from here is to request it from anywhere.
    ///
    /// # Errors
    ///
    /// The app does not begin, and [`run`](App::run) returns [`Error::Thread`], if the system has no thread left.
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App, EventKind, Work};
    /// use std::sync::mpsc::channel;
    ///
    /// let (send, events) = channel();
    /// App::new(Absent, || (), Absent)
    ///     .observe(move |event| drop(send.send(event.to_string())))
    ///     .run()?;
    /// let events: Vec<String> = events.iter().collect();
    /// assert!(events.contains(&"`run`: begun".to_owned()));
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    pub fn observe(mut self, observer: impl FnMut(&Event) + Send + 'static) -> Self {
        self.setup.observe(observer);
        self
    }

    /// Has a function take the lines that this library would print on standard error, such as `Error: …`, or what the
    /// end waits for.
    ///
    /// `reporter` is called with each [`Event`], on the thread on which an [observer](App::observe) is called, too. An
    /// event that standard error would have a line of has that as its [`line`](Event::line). Nothing is printed there
    /// any more, but for what the reporter does not take:
    ///
    /// - `reporter` may return `()`, or a `Result`, or [`Reported`], which say whether an event was reported.
    /// - A line that says why the process ends with a [failure](Event::is_failure) goes to standard error where it was
    ///   not reported: where the function says so or panics, where it has not returned when the exit has given it 100
    ///   ms for what is left, and where there is no room among the 1,024 events that may wait for it. Any other line is
    ///   lost then.
    /// - Before the app begins, and behind the end of an [embedded](App::run) one, lines are printed. So is the
    ///   [`Error`] of an app that cannot begin.
    /// - If it panics, a line on standard error says so, it is not called again, and lines are printed from then on.
    ///
    /// Where the app waits until an error is printed, so that it is seen before what `stop` prints, it waits until the
    /// error is reported: for a second at the most. An observer that takes long keeps the reporter waiting.
    ///
    /// What panics print, as the standard library's panic hook does, is not taken.
    ///
    /// # Errors
    ///
    /// The app does not begin, and [`run`](App::run) returns [`Error::Thread`], if the system has no thread left.
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App};
    /// use std::sync::mpsc::channel;
    ///
    /// let (send, lines) = channel();
    /// App::new(Absent, || Err::<(), _>("no luck"), Absent)
    ///     .report(move |event| event.line().map_or(Ok(()), |line| send.send(line.to_owned())))
    ///     .run()?;
    /// let lines: Vec<String> = lines.iter().collect();
    /// assert_eq!(lines, ["\"no luck\""]);
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    pub fn report<R: Into<Reported>>(
        mut self,
        reporter: impl FnMut(&Event) -> R + Send + 'static,
    ) -> Self {
        self.setup.options.says_nothing = false;
        self.setup.report(reporter);
        self
    }

    /// Has systemd told of the state of the app, for a service: that it is ready, reloads, stops, lives. The page
    /// [`systemd`](crate::systemd) says what is told, and when.
    ///
    /// Where the process was not started by systemd, this does nothing.
    ///
    /// # Errors
    ///
    /// The app does not begin, and [`run`](App::run) returns [`Error::Contradiction`] if
    /// [`extend`](crate::systemd::Systemd::extend) is zero, and [`Error::Thread`] if the watchdog's check needs a
    /// thread and the system has none left.
    ///
    /// ```no_run
    /// use aplomb::systemd::Systemd;
    /// use aplomb::{Absent, App, Shutdown};
    /// use std::time::Duration;
    ///
    /// App::new(Absent, |shutdown: &Shutdown| shutdown.wait(), Absent)
    ///     .systemd(Systemd::new().extend(Duration::from_secs(300)))
    ///     .main();
    /// ```
    #[cfg(feature = "systemd")]
    pub fn systemd(mut self, systemd: crate::systemd::Systemd) -> Self {
        self.setup.manager = Some(systemd);
        self
    }

    /// Adds a part, or a signal's function, behind the parts that are there. `add` is called on the app's thread.
    fn map<Of: List, P: Parts<Of> + 'static>(
        self,
        add: impl FnOnce(Box<dyn Parts<L>>) -> P + Send + 'static,
    ) -> App<Of> {
        let App { setup, plan } = self;
        App {
            setup,
            plan: Box::new(move || Box::new(add(plan()))),
        }
    }

    /// Runs the app as the whole program. When the app has ended the process ends, with the status that tells how.
    ///
    /// Call this in `main`, before there is another thread: a signal that another thread takes while the handlers are
    /// installed may be lost. If the app cannot begin, the [`Error`] is printed, and the status is 1.
    ///
    /// A program that forks to go into the background, or that changes what each thread has of its own (namespaces,
    /// seccomp filters), does that before this call. In a forked child of an app no app can begin ([`Error::Forked`]).
    ///
    /// A shutdown signal that comes after `stop`, while the process is on its way out, changes nothing.
    ///
    /// ```no_run
    /// use aplomb::{Absent, App, Shutdown};
    ///
    /// fn main() {
    ///     App::new(Absent, |shutdown: &Shutdown| shutdown.wait(), Absent).main()
    /// }
    /// ```
    pub fn main(self) -> ! {
        let error = self.try_main();
        report::error(&error.to_string());
        report::finish();
        if matches!(error, Error::Forked) {
            // The exit functions are the parent's, and may need what its threads held.
            exit::end_process(Status::FAILURE);
        }
        std::process::exit(Status::FAILURE.code().into())
    }

    /// Runs the app as the whole program, as [`main`](App::main) does, but returns the [`Error`] if the app cannot
    /// begin.
    ///
    /// When this returns, none of the app's functions has been called, and the signals do what they did before, also
    /// one that has come meanwhile. So the program can report the error in its own way, or do without the app.
    ///
    /// ```no_run
    /// use aplomb::{Absent, App, Error, Shutdown};
    ///
    /// fn main() -> Result<(), Error> {
    ///     Err(App::new(Absent, |shutdown: &Shutdown| shutdown.wait(), Absent).try_main())
    /// }
    /// ```
    #[must_use = "what kept the app from beginning"]
    pub fn try_main(self) -> Error {
        match self.conduct(Form::Main) {
            Ok(ended) => exit::leave(ended.status),
            Err(error) => error,
        }
    }

    /// Runs the app inside a program that goes on afterwards, and tells how the app has ended. Another app may follow.
    ///
    /// The calling thread listens for signals, and the phases run on another thread. When the app has ended, the
    /// dispositions of the signals are those that they were before. So handlers that other code has registered
    /// meanwhile for one of these signals are gone as well. What registers handlers by signal-hook's registry, as
    /// `tokio::signal` does, has to do so before the app: then it hears of the signals again. Later the registry takes
    /// its own handler for installed.
    ///
    /// In these cases the process ends, and `run` does not return: a deadline has passed; the user insists on the end
    /// of a `run` that does not end; the SIGINT comes that [`force_after`](App::force_after) names; a shutdown signal
    /// comes during the [`body`](App::body); some thread calls `std::process::exit`; other code has closed the
    /// descriptors of this library.
    ///
    /// A `main` can return what this returns, and then ends as the app has: see [`Outcome`].
    ///
    /// When this returns, the app's threads are gone, and an async app's executor has ended. What they drop then, such
    /// as thread-local values and tasks, is a part of the app: limits hold, what takes long is named, and from a second
    /// on the user can insist on the end.
    ///
    /// An app that is run like this differs in four ways from [`main`](App::main):
    ///
    /// - The functions of [`at_exit`](crate::at_exit) are not called here, but at the end of the process.
    /// - A shield that begins while the app ends is not waited for.
    /// - The tasks that are left in an async app are dropped, if its executor drops them, as those of tokio do.
    /// - A signal that comes when the status is settled does not change it, but is in the outcome's
    ///   [`signals`](Outcome::signals).
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App, Reason, Shutdown};
    ///
    /// let run = |shutdown: &Shutdown| shutdown.request("done");
    /// let ended = App::new(Absent, run, Absent).run()?;
    /// assert!(matches!(ended.reason, Some(Reason::Requested(_))));
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    ///
    /// # The initial thread
    ///
    /// Some libraries, mostly for windows, have to be called on the process's initial thread. There this function is
    /// called on a thread of its own, before there is another one. The library's loop is ended by a function of
    /// [`on_request`](crate::Shutdown::on_request), and ends the app when it returns:
    ///
    /// ```standalone_crate
    /// use aplomb::{App, Shutdown};
    /// use std::convert::Infallible;
    /// use std::sync::mpsc::{Sender, channel};
    /// use std::thread;
    ///
    /// enum Event { Shown(Shutdown), Close }
    ///
    /// let (to_window, events) = channel();
    /// let app = thread::spawn(move || {
    ///     let start = move |shutdown: &Shutdown| {
    ///         let closing: Sender<Event> = to_window.clone();
    ///         shutdown.on_request(move || drop(closing.send(Event::Close)));
    ///         let _ = to_window.send(Event::Shown(shutdown.clone()));
    ///         Ok::<_, Infallible>(())
    ///     };
    ///     App::new(start, |shutdown: &Shutdown| shutdown.wait(), |_: ()| println!("stopped")).run()
    /// });
    /// // In place of the window's own loop:
    /// for event in events {
    ///     match event {
    ///         Event::Shown(shutdown) => shutdown.request("the window was closed"),
    ///         Event::Close => break,
    ///     }
    /// }
    /// let ended = app.join().expect("`run` does not panic")?;
    /// # assert_eq!(ended.status, aplomb::Status::Code(0));
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the app cannot begin: see [`Error`]. None of the app's functions has been called then. This is also the case
    /// inside a [shield](crate::shield()) ([`Error::InShield`]), since the end of the app would wait for that shield.
    /// An `Err` of a phase is none of these; such an `Err` is in the [`status`](Outcome::status).
    pub fn run(self) -> Result<Outcome, Error> {
        self.conduct(Form::Embedded)
    }

    fn conduct(mut self, form: Form) -> Result<Outcome, Error> {
        if let Some(component) = self.setup.without_time {
            return Err(Error::Contradiction(format!(
                "`timeout(stop)` of component `{component}` is zero, which leaves no time: leave it out where there is to be no limit"
            )));
        }
        let manager = self.setup.manager.take();
        if let Some(words) = manager.as_ref().and_then(manager::Settings::contradiction) {
            return Err(Error::Contradiction(words));
        }
        let options = self.setup.options;
        let signals = mem::take(&mut self.setup.signals);
        let observers = mem::take(&mut self.setup.observers);
        let program = self.into_program();
        conductor::listen(&options, form, &signals, observers, manager, program)
    }

    pub(crate) fn into_program(self) -> Program {
        let App { setup, plan } = self;
        Program {
            sequence: setup.sequence,
            plan: Box::new(|| Box::new(Erased(plan()))),
            changes_limits: setup.changes_limits,
            location: setup.location,
        }
    }

    /// Replaces all options. The attribute gives them in one constant, so that what it says can be checked at compile
    /// time.
    pub(crate) fn with_options(mut self, options: Options) -> Self {
        self.setup.options = options;
        self
    }
}

/// A function that is told of events: whatever it does with shields is over when it has returned, and it is told to the
/// end.
fn told<R: 'static>(
    mut f: impl FnMut(&Event) -> R + Send + 'static,
) -> Box<dyn FnMut(&Event) -> R + Send> {
    Box::new(move |event| call_admitted(|| f(event)))
}

impl<L: List> AddOnSignal<L> for App<L> {
    fn add_on_signal<F, X>(self, signal: i32, function: F) -> Self
    where
        F: OnSignal<L, Signals<L>, X>,
        X: 'static,
    {
        self.on(signal, function)
    }
}

impl<L: List> Debug for App<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("options", &self.setup.options)
            .finish_non_exhaustive()
    }
}
