//! The executors that are runtimes of tokio's.

use std::fmt::{self, Debug};
use std::io;
use std::panic::resume_unwind;

use tokio::runtime::Builder;

use super::Phases;
use crate::conductor::Form;
use crate::conductor::app_thread::AppThread;
use crate::error::Failure;
use crate::shield::call_bounded;
use crate::shutdown::Shutdown;
use crate::status::End;
use crate::sys;
use crate::unwind::call;

/// Which runtime to build. The number is that of the workers, where the program has set it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Runtime {
    CurrentThread,
    MultiThread(Option<usize>),
    /// What a function of the program's makes.
    OfProgram(fn() -> io::Result<tokio::runtime::Runtime>),
}

impl Runtime {
    fn build(self) -> io::Result<tokio::runtime::Runtime> {
        let mut builder = match self {
            Runtime::CurrentThread => Builder::new_current_thread(),
            Runtime::MultiThread(_) => Builder::new_multi_thread(),
            Runtime::OfProgram(build) => return build(),
        };
        if let Runtime::MultiThread(Some(count)) = self {
            builder.worker_threads(count.max(1));
        }
        builder.enable_all().build()
    }

    /// Whether a task of this runtime can wait for an event of ours.
    ///
    /// A runtime of the program's may be without the driver for that, which nothing tells: tokio panics where there is
    /// none. So such a runtime is not asked.
    pub(super) fn polls_events(self) -> bool {
        sys::TOKIO_POLLS_EVENTS && !matches!(self, Runtime::OfProgram(_))
    }
}

/// Why a runtime cannot be built, as it is printed. An error of the system's says more by its `Display`.
struct NotBuilt(io::Error);

impl Debug for NotBuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot build the runtime: {}", self.0)
    }
}

/// The type of [`run`]. An executor holds a pointer to that function, and does not call it by its name. So the linker
/// finds no use of tokio in a program that makes no such executor, and leaves tokio out.
pub(super) type Run = fn(Runtime, Phases, &AppThread) -> Result<(), (End, Phases)>;

/// Builds the runtime, and runs the phases on it.
///
/// # Errors
///
/// When the runtime cannot be built: how that has ended. The phases are given back then.
pub(super) fn run(kind: Runtime, phases: Phases, thread: &AppThread) -> Result<(), (End, Phases)> {
    let built = call(|| call_bounded(|| kind.build()));
    let built = built.map(|built| built.map_err(|error| Failure::new(NotBuilt(error)).unasked()));
    let runtime = match thread.judge(built) {
        (_, Some(runtime)) => runtime,
        (end, None) => return Err((end, phases)),
    };
    if kind.polls_events() {
        runtime.spawn(announce(thread.shutdown.clone()));
    }
    // A panic that comes to here is one of a function that the runtime calls, such as that of `on_thread_park`.
    let ran = call(|| runtime.block_on(phases));
    match thread.form {
        // To drop a runtime is to wait for its blocking threads, and a thread in a blocking call cannot be ended. The
        // process is about to exit, which ends them all.
        Form::Main => std::mem::forget(runtime),
        Form::Embedded => runtime.shutdown_background(),
    }
    ran.map_err(|panic| resume_unwind(panic))
}

/// Wakes the tasks that await the cancellation, from a task of the runtime itself.
///
/// The runtime's own poll sees the event that the signal handler sets. So the tasks are woken one step after the
/// handler, without another thread in between. Where the runtime is blocked, the waker's thread wakes them instead.
async fn announce(shutdown: Shutdown) {
    if sys::ready_in_tokio(shutdown.clone()).await {
        shutdown.announce();
    }
}
