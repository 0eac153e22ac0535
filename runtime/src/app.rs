//! The app: its phases, its options, and the two ways to run it.

use std::convert::Infallible;
use std::fmt::{self, Debug};
use std::panic::Location;

use crate::block_on::block_on;
use crate::component::{Components, OfApp, OfTasks, OfThreads, Whole};
use crate::error::Error;
use crate::exit::Status;
use crate::phase::{
    Access, AsyncCallback, AsyncCallbacks, AsyncErased, AsyncRun, AsyncStart, AsyncStop, Callback,
    Callbacks, Erased, Run, Shared, Start, Stop, erase, erase_async,
};
use crate::reason::Reason;
use crate::signal::Signal;
use crate::{leave, report};

mod asynchronous;
mod callbacks;
mod executor;
mod giving_up;
mod install;
mod listener;
mod options;
mod program;
mod timers;
mod waker;
mod wire;

pub use executor::{Executor, Phases};
pub use options::Options;

use program::Program;

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
pub struct App<C = Threads<(), Shared>> {
    options: Options,
    /// Functions that signals call.
    callbacks: Vec<(i32, C)>,
    program: Program<C>,
    /// Of an app of tasks.
    executor: Option<Executor>,
}

/// The kind of [`App`] whose phases are functions, with its state and how `run` borrows that.
pub type Threads<S, A> = Box<dyn Erased<S, A>>;

/// The kind of [`App`] whose phases are `async fn`, likewise.
pub type Tasks<S, A> = Box<dyn AsyncErased<S, A>>;

impl App {
    /// An app of these phases; [`Absent`](crate::Absent) stands for one that is left out.
    ///
    /// What each may take and return is in [`phase`](crate::phase).
    #[track_caller]
    pub fn new<St, R, Sp, X, Y, Z>(
        start: St,
        run: R,
        stop: Sp,
    ) -> App<Threads<St::State, R::Access>>
    where
        St: Start<(), X> + Send + 'static,
        R: Run<St::State, Y> + Send + 'static,
        Sp: Stop<St::State, Z> + Send + 'static,
    {
        App::with_body(|| Ok::<(), Infallible>(()), start, run, stop)
    }

    /// The same with a function that runs first, where `main`'s own body does: it reads arguments
    /// and configuration, and acquires nothing, since a shutdown signal ends the process there
    /// at once. `start` may take what it returns.
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App, Status};
    /// use std::convert::Infallible;
    ///
    /// let body = || Ok::<u8, Infallible>(7);
    /// let start = |config: u8| Ok::<u8, Infallible>(config + 1);
    /// let run = |state: &u8| std::process::ExitCode::from(*state);
    /// let ended = App::with_body(body, start, run, Absent).run()?;
    /// assert_eq!(ended.status, Status::Code(8));
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    #[track_caller]
    pub fn with_body<C, E, B, St, R, Sp, X, Y, Z>(
        body: B,
        start: St,
        run: R,
        stop: Sp,
    ) -> App<Threads<St::State, R::Access>>
    where
        B: FnOnce() -> Result<C, E> + Send + 'static,
        E: Debug + 'static,
        St: Start<C, X> + Send + 'static,
        R: Run<St::State, Y> + Send + 'static,
        Sp: Stop<St::State, Z> + Send + 'static,
    {
        App {
            options: Options::DEFAULT,
            callbacks: Vec::new(),
            program: program::new(body, start, run, stop, Location::caller()),
            executor: None,
        }
    }

    /// An async app of these phases, on this executor: what the attribute makes of an `async fn main`. Each
    /// of them is an `async fn`, or [`Absent`](crate::Absent).
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
    ///     App::asynchronous(Executor::block_on(smol::block_on), start, run, stop).main()
    /// }
    /// ```
    #[track_caller]
    pub fn asynchronous<St, R, Sp, X, Y, Z>(
        executor: Executor,
        start: St,
        run: R,
        stop: Sp,
    ) -> App<Tasks<St::State, R::Access>>
    where
        St: AsyncStart<(), X> + Send + 'static,
        R: AsyncRun<St::State, Y> + Send + 'static,
        Sp: AsyncStop<St::State, Z> + Send + 'static,
    {
        App::asynchronous_with_body(
            executor,
            async || Ok::<(), Infallible>(()),
            start,
            run,
            stop,
        )
    }

    /// The same with a function that runs first, as in [`with_body`](Self::with_body).
    #[track_caller]
    pub fn asynchronous_with_body<C, E, B, St, R, Sp, X, Y, Z>(
        executor: Executor,
        body: B,
        start: St,
        run: R,
        stop: Sp,
    ) -> App<Tasks<St::State, R::Access>>
    where
        C: 'static,
        B: AsyncFnOnce() -> Result<C, E> + Send + 'static,
        E: Debug + 'static,
        St: AsyncStart<C, X> + Send + 'static,
        R: AsyncRun<St::State, Y> + Send + 'static,
        Sp: AsyncStop<St::State, Z> + Send + 'static,
    {
        App {
            options: Options::DEFAULT,
            callbacks: Vec::new(),
            program: asynchronous::new(executor, body, start, run, stop, Location::caller()),
            executor: Some(executor),
        }
    }

    /// An app of components: they start in order, run side by side on a thread each, and stop in reverse.
    ///
    /// See [`Components`].
    #[track_caller]
    pub fn components<C: 'static, List: 'static>(
        components: Components<C, List, OfThreads>,
    ) -> App<Threads<Whole<List>, Shared>> {
        let Components {
            body,
            chains,
            callbacks,
        } = components;
        let (start, run, stop) = chains.phases();
        let mut app = App::with_body(|| block_on(body()), start, run, stop);
        for (signal, callback) in callbacks {
            app.callbacks.push((signal, Box::new(OfApp(callback))));
        }
        app
    }

    /// An async app of components: their `run`s are futures, which are polled side by side in one task.
    ///
    /// See [`Components::asynchronous`].
    #[track_caller]
    pub fn asynchronous_components<C: 'static, List: 'static>(
        executor: Executor,
        components: Components<C, List, OfTasks>,
    ) -> App<Tasks<Whole<List>, Shared>> {
        let Components {
            body,
            chains,
            callbacks,
        } = components;
        let (start, run, stop) = chains.phases();
        let body = async || body().await;
        let mut app = App::asynchronous_with_body(executor, body, start, run, stop);
        for (signal, callback) in callbacks {
            app.callbacks.push((signal, Box::new(OfApp(callback))));
        }
        app
    }
}

impl<S: 'static, A: Access<S>> App<Threads<S, A>> {
    /// Has a function called whenever that signal arrives in `run`, on a thread of ours, one
    /// function at a time.
    ///
    /// Signals that come while it is called make it be called once more; those that come during
    /// `start` are kept for `run`, and those that come later are dropped.
    ///
    /// It returns `()` or `Result<(), E>`. An `Err` is printed as that of a phase is, and asks for the shutdown:
    /// `run` is cancelled, after the drain time where there is one, `stop` runs, and the exit status is 1.
    /// `Err(Cancelled)` after a request is none. A panic does the same, with 101. Functions go on being called until
    /// `run` has ended.
    ///
    /// A signal that is named here is no shutdown signal, and is handled even if the process was
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
    pub fn on<F, Shape>(mut self, signal: i32, function: F) -> Self
    where
        F: Callback<S, A, Shape>,
        Shape: 'static,
    {
        self.callbacks.push((signal, erase(function)));
        self
    }

    /// What the attribute calls.
    pub(crate) fn with_options<Cs, Shapes>(mut self, options: Options, callbacks: Cs) -> Self
    where
        Cs: Callbacks<S, A, Shapes>,
    {
        self.options = options;
        callbacks.collect(&mut self.callbacks);
        self
    }
}

impl<S: 'static, A: Access<S>> App<Tasks<S, A>> {
    /// Has an `async fn` called whenever that signal arrives in `run`: beside `run`, in the same task, one
    /// at a time. Otherwise as [`on`](App::on) of an app of threads.
    pub fn on<F, Shape>(mut self, signal: i32, function: F) -> Self
    where
        F: AsyncCallback<S, A, Shape>,
        Shape: 'static,
    {
        self.callbacks.push((signal, erase_async(function)));
        self
    }

    /// What the attribute calls.
    pub(crate) fn with_async_options<Cs, Shapes>(mut self, options: Options, callbacks: Cs) -> Self
    where
        Cs: AsyncCallbacks<S, A, Shapes>,
    {
        self.options = options;
        callbacks.collect(&mut self.callbacks);
        self
    }
}

impl<C: Send + 'static> App<C> {
    /// Runs the app as the whole program: ends the process when the app has ended, with the status
    /// that tells how. Signals that come on the way out are absorbed.
    ///
    /// To be called from `main` before there is another thread, or a signal may be lost
    /// while the handlers are installed. If the app cannot begin, that is printed, and
    /// the status is 1.
    pub fn main(self) -> ! {
        match self.conduct(Form::Main) {
            Ok(ended) => leave::leave(ended.status),
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
    /// assert!(matches!(ended.reason, Some(Reason::Call(_))));
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the app could not begin; nothing has run then.
    pub fn run(self) -> Result<Outcome, Error> {
        self.conduct(Form::Embedded)
    }

    fn conduct(self, form: Form) -> Result<Outcome, Error> {
        let (signals, callbacks): (Vec<_>, Vec<_>) = self.callbacks.into_iter().unzip();
        let installed = install::install(&self.options, &signals, self.executor.is_some())?;
        let program = (self.program, callbacks);
        listener::listen(&self.options, form, &installed, program, self.executor)
    }
}

impl<C> Debug for App<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Which of the two ways an app is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
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
