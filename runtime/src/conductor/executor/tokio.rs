//! The executors that are runtimes of tokio's.

use std::io;

use tokio::runtime::Builder;

use super::Phases;
use crate::conductor::Form;
use crate::conductor::app_thread::AppThread;
use crate::shutdown::Shutdown;
use crate::sys;

/// Which runtime to build. The number is that of the workers, where the program has set it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Runtime {
    CurrentThread,
    MultiThread(Option<usize>),
}

impl Runtime {
    fn build(self) -> io::Result<tokio::runtime::Runtime> {
        let mut builder = match self {
            Runtime::CurrentThread => Builder::new_current_thread(),
            Runtime::MultiThread(_) => Builder::new_multi_thread(),
        };
        if let Runtime::MultiThread(Some(count)) = self {
            builder.worker_threads(count.max(1));
        }
        builder.enable_all().build()
    }
}

/// The type of [`run`]. An executor holds a pointer to that function, and does not call it by its name. So the linker
/// finds no use of tokio in a program that makes no such executor, and leaves tokio out.
pub(super) type Run = fn(Runtime, Phases, &AppThread) -> Result<(), (io::Error, Phases)>;

/// Builds the runtime, and runs the phases on it.
///
/// # Errors
///
/// When the runtime cannot be built. The phases are given back then.
pub(super) fn run(
    runtime: Runtime,
    phases: Phases,
    thread: &AppThread,
) -> Result<(), (io::Error, Phases)> {
    let runtime = match runtime.build() {
        Ok(runtime) => runtime,
        Err(error) => return Err((error, phases)),
    };
    if sys::TOKIO_POLLS_EVENTS {
        runtime.spawn(announce(thread.shutdown.clone()));
    }
    runtime.block_on(phases);
    match thread.form {
        // To drop a runtime is to wait for its blocking threads, and a thread in a blocking call cannot be ended. The
        // process is about to exit, which ends them all.
        Form::Main => std::mem::forget(runtime),
        Form::Embedded => runtime.shutdown_background(),
    }
    Ok(())
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
