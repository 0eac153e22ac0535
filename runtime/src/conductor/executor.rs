//! Executors: what the phases of an async app run on.

use std::future::Future;
#[cfg(feature = "tokio")]
use std::io;
use std::pin::Pin;

use super::app_thread::AppThread;
use crate::status::End;

#[cfg(feature = "tokio")]
mod tokio;

/// The phases of an app, one after the other, as one future: what an [`Executor`] runs to its end.
pub type Phases = Pin<Box<dyn Future<Output = ()>>>;

/// What an async app runs on: a runtime of tokio's, or any function that runs a future to its end.
///
/// The runtime is made on the app's thread, after the signal handlers are installed. So a signal that arrives while the
/// runtime is being built is not lost.
///
/// Each way to write an executor in `#[app]`, and its equivalent:
///
/// | `#[app(…)]` on an `async fn main` | `Executor` |
/// |---|---|
/// | nothing | `Executor::tokio()` |
/// | `worker_threads = 4` | `Executor::tokio().worker_threads(4)` |
/// | `flavor = "current_thread"` | `Executor::tokio_current_thread()` |
/// | `runtime = build` | `Executor::runtime(build)` |
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
    /// An executor that is a function, which runs a future to its end on the thread that calls it: `smol::block_on`,
    /// `futures_executor::block_on`.
    ///
    /// If the function returns before the future has ended, the phases that are left cannot run. An error is printed
    /// then, and the process ends with status 101.
    #[must_use]
    pub const fn block_on(function: fn(Phases)) -> Self {
        Executor(Kind::BlockOn(function))
    }

    /// Tokio's multi-thread runtime. The phases run on the app's thread, and the tasks that they spawn on the workers.
    ///
    /// Every driver is enabled that the program's tokio was built with (`tokio::runtime::Builder::enable_all`).
    #[cfg(feature = "tokio")]
    #[must_use]
    pub const fn tokio() -> Self {
        Executor(Kind::Tokio(tokio::Runtime::MultiThread(None), tokio::run))
    }

    /// Tokio's current-thread runtime: the phases and all tasks run on the app's thread.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub const fn tokio_current_thread() -> Self {
        Executor(Kind::Tokio(tokio::Runtime::CurrentThread, tokio::run))
    }

    /// A runtime of tokio's that a function of the program's makes: the names and stacks of its threads, the size of
    /// its blocking pool, its hooks.
    ///
    /// The function is called on the app's thread, before any other code of the app. A signal that comes meanwhile ends
    /// the process, as in the body of `main`. If the function returns an `Err`, the error is printed, no phase runs,
    /// and the exit status is 1; if the function panics, the status is 101.
    ///
    /// The runtime ends as those do that this library makes: nothing waits for a thread of its blocking pool. Either of
    /// tokio's two runtimes will do, also without drivers: the library itself needs none. What needs one in the
    /// program, such as a timer, panics without that driver, as everywhere in tokio. So does
    /// [`process::spawn`](crate::process::spawn) with a command of tokio's, where the child has a pipe. `enable_all`
    /// enables them all.
    ///
    /// ```no_run
    /// use aplomb::{App, Executor, Shutdown};
    /// use std::io;
    /// use tokio::runtime::{Builder, Runtime};
    ///
    /// fn build() -> io::Result<Runtime> {
    ///     Builder::new_multi_thread()
    ///         .thread_name("worker")
    ///         .max_blocking_threads(16)
    ///         .enable_all()
    ///         .build()
    /// }
    ///
    /// # async fn start() {}
    /// # async fn run(shutdown: &Shutdown) { shutdown.cancelled().await }
    /// # async fn stop() {}
    /// App::executor(Executor::runtime(build)).phases(start, run, stop).main()
    /// ```
    #[cfg(feature = "tokio")]
    #[must_use]
    pub const fn runtime(build: fn() -> io::Result<::tokio::runtime::Runtime>) -> Self {
        Executor(Kind::Tokio(tokio::Runtime::OfProgram(build), tokio::run))
    }

    /// Sets the number of workers of the multi-thread runtime. A 0 counts as 1. Without this call, tokio decides: one
    /// for each processor, as a rule.
    ///
    /// This has no effect on other executors.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub const fn worker_threads(self, count: usize) -> Self {
        match self.0 {
            Kind::Tokio(tokio::Runtime::MultiThread(_), run) => {
                Executor(Kind::Tokio(tokio::Runtime::MultiThread(Some(count)), run))
            }
            Kind::Tokio(..) | Kind::BlockOn(_) => self,
        }
    }

    /// Builds the runtime, and runs the phases on it. Where the process goes on after the app, the runtime is shut
    /// down.
    ///
    /// # Errors
    ///
    /// When the runtime cannot be built: how that has ended, which is printed. No phase has run then, and the phases
    /// are given back: the caller drops them where a panic of theirs is caught.
    #[cfg_attr(
        not(feature = "tokio"),
        allow(
            unused_variables,
            clippy::unnecessary_wraps,
            reason = "there is no runtime of ours to build and to take down"
        )
    )]
    pub(super) fn run(self, phases: Phases, thread: &AppThread) -> Result<(), (End, Phases)> {
        match self.0 {
            Kind::BlockOn(function) => function(phases),
            #[cfg(feature = "tokio")]
            Kind::Tokio(runtime, run) => return run(runtime, phases, thread),
        }
        Ok(())
    }

    /// Whether the executor notices the cancellation in its own poll, so that the waker's thread need not.
    pub(super) fn watches(self) -> bool {
        match self.0 {
            Kind::BlockOn(_) => false,
            #[cfg(feature = "tokio")]
            Kind::Tokio(runtime, _) => runtime.polls_events(),
        }
    }
}
