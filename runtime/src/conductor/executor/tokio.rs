//! Tokio's runtimes.

use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::Builder;

use super::Phases;
use crate::conductor::Form;
use crate::conductor::app_thread::AppThread;
use crate::shutdown::Shutdown;

/// Which one, and how many workers it has.
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

/// How the phases are run on such a runtime. An executor holds this pointer, and does not call the function by its name: so a
/// program that makes no such executor has nothing of tokio linked into it.
pub(super) type Run = fn(Runtime, Phases, &AppThread) -> Result<(), (io::Error, Phases)>;

/// Builds the runtime, and runs the phases on it.
pub(super) fn run(
    runtime: Runtime,
    phases: Phases,
    thread: &AppThread,
) -> Result<(), (io::Error, Phases)> {
    let runtime = match runtime.build() {
        Ok(runtime) => runtime,
        Err(error) => return Err((error, phases)),
    };
    runtime.spawn(announce(thread.shutdown.clone()));
    runtime.block_on(phases);
    match thread.form {
        // Dropping it would wait for its blocking threads, which nothing can end.
        Form::Main => std::mem::forget(runtime),
        Form::Embedded => runtime.shutdown_background(),
    }
    Ok(())
}

/// Wakes those who await the cancellation, on the runtime itself: its poll sees what the signal handler
/// writes, so they are awake one step after it. A runtime that is blocked leaves it to the waker's thread.
#[allow(
    deprecated,
    reason = "its successor came after the oldest tokio that we take; the descriptor is the handle's, which is kept"
)]
async fn announce(shutdown: Shutdown) {
    struct Cancellation(Shutdown);
    impl AsRawFd for Cancellation {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }
    let cancellation = Cancellation(shutdown.clone());
    if let Ok(cancellation) = AsyncFd::with_interest(cancellation, Interest::READABLE) {
        let _ = cancellation.readable().await;
        shutdown.announce();
    }
}
