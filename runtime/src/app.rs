//! The app: its phases, its options, and the two ways to run it.

use std::fmt::{self, Debug};
use std::panic::Location;

use crate::conductor::{
    self, Erased, Executor, Form, Listening, Options, Outcome, Part, Parts, Plan, Program,
    Sequence, StartOne,
};
use crate::error::Error;
use crate::error::Failure;
use crate::phase::machinery::{
    Base, Components, Given, Kind, Leaves, List, Main, Many, NoBody, Nothing, OnSignal, Run, Runs,
    Signals, Start, Stop, Taken, Tasks, Then, Threads,
};
use crate::status::Status;
use crate::{exit, report};

mod builder;
mod options;

pub use builder::Builder;

/// A program of three phases, put together by hand: what [`#[app]`](macro@crate::app) writes,
/// with names.
///
/// `start` makes a state, `run` works with it, `stop` ends it. `start` and `stop` are shielded; what
/// asks the app to stop ends `run`. See the attribute for the shapes of the three, and for
/// what each option means.
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
#[must_use = "an app does nothing until `main` or `run` is called"]
pub struct App<L: List = Main<Threads, (), (NoBody, Many)>> {
    options: Options,
    sequence: Sequence,
    /// Those that call a function, in the order in which the parts have them.
    signals: Vec<i32>,
    plan: Plan<L>,
    /// Where the shields of `start` and `stop` are.
    location: &'static Location<'static>,
}

impl App {
    /// An app of these phases; [`Absent`](crate::Absent) stands for one that is left out.
    ///
    /// What each may take and return is in [`phase`](crate::phase).
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

    /// An app whose `main` has a body of its own: a function that runs first. It reads arguments and configuration, and acquires
    /// nothing, since a shutdown signal ends the process there at once. `start` may ask for what it returns.
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

    /// An async app, on this executor: what the attribute makes of an `async fn main`. `run` and the functions of signals are
    /// `async fn` there, `start` and `stop` may be.
    ///
    /// The executor runs on the app's thread, and is made when the handlers stand. The state need not be
    /// `Send`; what is spawned has to be what the executor wants.
    ///
    /// Insisting, and a `timeout_run` that has passed, drop `run` where it waits, unless a shield is held in
    /// it, and `stop` runs: more than can be done for threads. Only where `run` blocks its thread the app
    /// ends as one of threads does.
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

    /// An app of components, which are added one by one: see [`component`](crate::component).
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

    /// An app of threads whose `main` has no body.
    #[track_caller]
    pub(crate) fn without_body() -> Builder<Threads, (), NoBody> {
        Builder::without_body(Sequence::of_threads())
    }
}

impl<L: List> App<L> {
    /// Adds a component, which starts after those that are there, and stops before them.
    ///
    /// `name` is what messages call it, and its thread. [`Absent`](crate::Absent) stands for a function that is left
    /// out: without `start` there is no state; without `stop` the state is dropped at its turn.
    pub fn with<St, R, Sp, S, P, Q, X, Y, Z>(
        self,
        name: &'static str,
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
        self.map(move |before| {
            let start: StartOne<dyn Parts<L>, S> = Box::new(|before, shutdown, cleanup| {
                start.start(Given::new(before.view(shutdown), None).with(cleanup))
            });
            Part::new(before, Some(name), start, run, stop)
        })
    }

    /// Has a function called whenever that signal arrives in `run`, one function at a time: on a thread of ours, or in an async
    /// app beside `run`, in the same task, where it is an `async fn`. Of the state, and of what components before it have made, it
    /// sees what `run` leaves it.
    ///
    /// Signals that come while it is called make it be called once more; those that come during
    /// `start` are kept for `run`, and those that come later are dropped.
    ///
    /// It returns `()` or `Result<(), E>`. An `Err` is printed as that of a phase is, and asks for the shutdown:
    /// `run` is cancelled, after the drain time where there is one, `stop` runs, and the exit status is 1.
    /// `Err(Cancelled)` after a request is none. A panic does the same, with 101. Functions go on being called until
    /// `run` has ended.
    ///
    /// A signal that is named here is no shutdown signal, also where [`signals`](App::signals) names it, and is handled even if the process was
    /// started with it ignored. Real-time signals have numbers that [`signal::number`](crate::signal::number) tells. A
    /// signal that cannot be handled, or not in the app's own time, such as SIGKILL or SIGSEGV, keeps the app from
    /// beginning: [`Error::Signal`].
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
        self.signals.push(signal);
        self.map(|before| Listening::new(before, function))
    }

    /// Puts one more part, or a signal's function, behind what is there.
    fn map<Of: List, P: Parts<Of> + 'static>(
        self,
        add: impl FnOnce(Box<dyn Parts<L>>) -> P + Send + 'static,
    ) -> App<Of> {
        let plan = self.plan;
        App {
            options: self.options,
            sequence: self.sequence,
            signals: self.signals,
            plan: Box::new(move || Box::new(add(plan()))),
            location: self.location,
        }
    }

    /// Runs the app as the whole program: ends the process when the app has ended, with the status
    /// that tells how. Signals that come on the way out are absorbed.
    ///
    /// To be called from `main` before there is another thread, or a signal may be lost
    /// while the handlers are installed. If the app cannot begin, that is printed, and
    /// the status is 1.
    pub fn main(self) -> ! {
        match self.conduct(Form::Main) {
            Ok(ended) => exit::leave(ended.status),
            Err(error) => {
                report::failure(&error.to_string());
                report::finish();
                std::process::exit(Status::FAILURE.code().into())
            }
        }
    }

    /// Runs the app inside a program that goes on afterwards, and tells how it has ended. The
    /// calling thread listens; the phases run on another. The dispositions of before are
    /// given back at the end, and another app may follow.
    ///
    /// Some things still end the process: a passed deadline, insisting on the end of a `run` that
    /// does not end, `force_after`, and a signal during the body.
    ///
    /// The exit functions of [`at_exit`](crate::at_exit) are the process's and run at its end,
    /// not here. Shields that are entered while the app ends are not awaited, and a signal that comes
    /// when the status is settled is only in the outcome's `signals`. Others that have registered
    /// handlers for the same signals in the meantime lose them with ours, since the dispositions of
    /// before are given back.
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
    /// # Errors
    ///
    /// When the app could not begin; nothing has run then.
    pub fn run(self) -> Result<Outcome, Error> {
        self.conduct(Form::Embedded)
    }

    fn conduct(mut self, form: Form) -> Result<Outcome, Error> {
        let (options, signals) = (self.options, std::mem::take(&mut self.signals));
        conductor::listen(&options, form, &signals, self.into_program())
    }

    pub(crate) fn into_program(self) -> Program {
        let plan = self.plan;
        Program {
            sequence: self.sequence,
            plan: Box::new(|| Box::new(Erased(plan()))),
            location: self.location,
        }
    }

    /// What the attribute calls.
    pub(crate) fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }
}

impl<L: List> Debug for App<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
