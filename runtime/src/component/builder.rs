//! Components, put together by hand.

use std::convert::Infallible;
use std::fmt::{self, Debug};

use super::kind::{Kind, OfTasks, OfThreads};
use super::list::{Base, Then};
use super::part::{Body, Chains, Part};
use crate::failure::Failure;

/// The parts of an app, which start in the order in which they are written, run side by side, and stop in reverse:
/// what [`#[app(components(…))]`](macro@crate::app#components) writes.
///
/// What the functions of a component may take and return is in [`component`](crate::component).
///
/// - A request between two starts keeps the rest from starting; what has started is stopped, and nothing runs.
/// - A `start` that fails or panics takes back the components before it, as if they were stopped, with
///   all the time of `timeout_stop`.
/// - The first `run` that ends, in whichever way, asks for the shutdown of all; the reason names its component. An
///   `Err` is printed at once.
/// - A `stop` that fails or panics does not keep the others from being stopped. What a `start` has pushed on its
///   [`Cleanup`](crate::Cleanup) is undone right after its own component's `stop`.
///
/// ```no_run
/// use aplomb::{Absent, App, Components, Shutdown};
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
///     let components = Components::new()
///         .with("database", Database::start, Absent, Database::stop)
///         .with("cache", Cache::start, Cache::run, Absent);
///     App::components(components).timeout_stop(Duration::from_secs(20)).main()
/// }
/// ```
#[must_use = "components do nothing until they are an app"]
pub struct Components<C, List: 'static, K: Kind> {
    pub(crate) body: Body<C>,
    pub(crate) chains: Chains<C, List, K>,
    /// Functions that signals call.
    pub(crate) callbacks: Vec<(i32, K::Callback<List>)>,
}

impl Components<(), Base<()>, OfThreads> {
    /// None yet, for an app of threads.
    #[allow(
        clippy::new_without_default,
        reason = "there are several kinds, and none is the usual one"
    )]
    pub fn new() -> Self {
        Components::with_body(|| Ok::<(), Infallible>(()))
    }
}

impl<C: 'static> Components<C, Base<C>, OfThreads> {
    /// The same with a function that runs first, where `main`'s own body does; see
    /// [`App::with_body`](crate::App::with_body). Components may take references to what it returns.
    ///
    /// ```standalone_crate
    /// use aplomb::{Absent, App, Components, Status};
    /// use std::process::ExitCode;
    ///
    /// struct Config { code: u8 }
    /// struct Answer(u8);
    ///
    /// let components = Components::with_body(|| Ok::<_, String>(Config { code: 7 })).with(
    ///     "answer",
    ///     |config: &Config| Ok::<_, String>(Answer(config.code + 1)),
    ///     |answer: &Answer| ExitCode::from(answer.0),
    ///     Absent,
    /// );
    /// let ended = App::components(components).run()?;
    /// assert_eq!(ended.status, Status::Code(8));
    /// # Ok::<(), aplomb::Error>(())
    /// ```
    pub fn with_body<E: Debug + 'static>(
        body: impl FnOnce() -> Result<C, E> + Send + 'static,
    ) -> Self {
        Components::begin(Box::new(|| {
            Box::pin(async { body().map_err(Failure::new) })
        }))
    }
}

impl Components<(), Base<()>, OfTasks> {
    /// None yet, for an async app. Each function is an `async fn`, or [`Absent`](crate::Absent).
    ///
    /// ```no_run
    /// use aplomb::{Absent, App, Components, Executor, Shutdown};
    ///
    /// struct Cache;
    ///
    /// impl Cache {
    ///     async fn start() -> Result<Self, String> { Ok(Cache) }
    ///     async fn run(&self, shutdown: &Shutdown) { shutdown.cancelled().await }
    /// }
    ///
    /// fn main() {
    ///     let components = Components::asynchronous().with("cache", Cache::start, Cache::run, Absent);
    ///     App::asynchronous_components(Executor::block_on(smol::block_on), components).main()
    /// }
    /// ```
    pub fn asynchronous() -> Self {
        Components::asynchronous_with_body(async || Ok::<(), Infallible>(()))
    }
}

impl<C: 'static> Components<C, Base<C>, OfTasks> {
    /// The same with a function that runs first, as in [`with_body`](Self::with_body).
    pub fn asynchronous_with_body<E: Debug + 'static>(
        body: impl AsyncFnOnce() -> Result<C, E> + Send + 'static,
    ) -> Self {
        Components::begin(Box::new(|| {
            Box::pin(async { body().await.map_err(Failure::new) })
        }))
    }
}

impl<C: 'static, K: Kind> Components<C, Base<C>, K> {
    fn begin(body: Body<C>) -> Self {
        Components {
            body,
            chains: Chains::new(),
            callbacks: Vec::new(),
        }
    }
}

impl<C: 'static, List: 'static, K: Kind> Components<C, List, K> {
    pub(super) fn then<T: 'static>(
        self,
        part: Part<List, T, K>,
    ) -> Components<C, Then<List, T>, K> {
        let callbacks = self.callbacks.into_iter();
        let lifted = callbacks.map(|(signal, callback)| (signal, K::lift(callback)));
        Components {
            body: self.body,
            chains: self.chains.then(part),
            callbacks: lifted.collect(),
        }
    }
}

impl<C, List: 'static, K: Kind> Debug for Components<C, List, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Components").finish_non_exhaustive()
    }
}
