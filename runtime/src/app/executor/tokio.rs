//! Tokio's runtimes.

use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::Builder;

use crate::shutdown::Shutdown;

/// Which one, and how many workers it has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Runtime {
    CurrentThread,
    MultiThread(Option<usize>),
}

impl Runtime {
    pub(super) fn build(self) -> io::Result<tokio::runtime::Runtime> {
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

/// Wakes those who await the cancellation, on the runtime itself: its poll sees what the signal handler
/// writes, so they are awake one step after it. A runtime that is blocked leaves it to the waker's thread.
#[allow(
    deprecated,
    reason = "its successor came after the oldest tokio that we take; the descriptor is the handle's, which is kept"
)]
pub(super) async fn announce(shutdown: Shutdown) {
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
