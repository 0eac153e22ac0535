//! What the tasks of an async app run on.

use std::future::Future;
use std::io;
use std::pin::Pin;

use super::app_thread::AppThread;

#[cfg(feature = "tokio")]
mod tokio;

/// What an executor is given: the phases of an app, one after the other.
pub type Phases = Pin<Box<dyn Future<Output = ()>>>;

/// What an async app runs on: tokio, or any function that runs a future to its end.
///
/// It is made on the app's thread, when the handlers stand. What `#[app]` does with an `async fn main`:
///
/// | `#[app(…)]` | here |
/// |---|---|
/// | nothing | `Executor::tokio()` |
/// | `worker_threads = 4` | `Executor::tokio().worker_threads(4)` |
/// | `flavor = "current_thread"` | `Executor::tokio_current_thread()` |
/// | `block_on = smol::block_on` | `Executor::block_on(smol::block_on)` |
///
/// ```no_run
/// use aplomb::{App, Executor, Shutdown};
///
/// async fn start() {}
/// async fn run(shutdown: &Shutdown) { shutdown.cancelled().await }
/// async fn stop() {}
///
/// App::executor(Executor::block_on(smol::block_on)).phases(start, run, stop).main()
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Executor(Kind);

#[derive(Debug, Clone, Copy)]
enum Kind {
    BlockOn(fn(Phases)),
    #[cfg(feature = "tokio")]
    Tokio(tokio::Runtime, tokio::Run),
}

impl Executor {
    /// A function that runs a future to its end, on the thread that calls it: `smol::block_on`,
    /// `futures_executor::block_on`.
    ///
    /// Where it returns before the future has ended, no other phase can run: that is printed, and the process ends with 101.
    #[must_use]
    pub const fn block_on(function: fn(Phases)) -> Self {
        Executor(Kind::BlockOn(function))
    }

    /// Tokio's multi-thread runtime, with everything enabled that the program's tokio has. The phases run
    /// on the app's thread, and what they spawn on the workers.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub const fn tokio() -> Self {
        Executor(Kind::Tokio(tokio::Runtime::MultiThread(None), tokio::run))
    }

    /// Tokio's current-thread runtime: everything runs on the app's thread.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub const fn tokio_current_thread() -> Self {
        Executor(Kind::Tokio(tokio::Runtime::CurrentThread, tokio::run))
    }

    /// How many workers the multi-thread runtime has, one at least; as many as there are processors,
    /// where this is not called. It means nothing for other executors.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub const fn worker_threads(self, count: usize) -> Self {
        match self.0 {
            Kind::Tokio(tokio::Runtime::MultiThread(_), run) => {
                Executor(Kind::Tokio(tokio::Runtime::MultiThread(Some(count)), run))
            }
            Kind::Tokio(tokio::Runtime::CurrentThread, _) | Kind::BlockOn(_) => self,
        }
    }

    /// Builds it, and runs the phases. Where the process goes on afterwards, it is taken down.
    ///
    /// # Errors
    ///
    /// When a runtime cannot be built. Nothing has run then, and the phases come back.
    #[cfg_attr(
        not(feature = "tokio"),
        allow(
            unused_variables,
            clippy::unnecessary_wraps,
            reason = "there is no runtime of ours to build and to take down"
        )
    )]
    pub(super) fn run(self, phases: Phases, thread: &AppThread) -> Result<(), (io::Error, Phases)> {
        match self.0 {
            Kind::BlockOn(function) => function(phases),
            #[cfg(feature = "tokio")]
            Kind::Tokio(runtime, run) => return run(runtime, phases, thread),
        }
        Ok(())
    }

    /// Whether it notices the cancellation without being woken.
    pub(super) fn watches(self) -> bool {
        !matches!(self.0, Kind::BlockOn(_))
    }
}
