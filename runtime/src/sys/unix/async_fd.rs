//! Waiting for a descriptor in the poll of tokio's runtime: tokio has that for all of Unix.

use std::os::fd::{AsFd, AsRawFd, RawFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Whether a runtime of tokio's can wait for an event by itself.
pub(crate) const TOKIO_POLLS_EVENTS: bool = true;

/// Waits in a task of tokio's until what the handle lends is readable. Returns `false` at once where the runtime cannot
/// wait for that.
#[allow(
    deprecated,
    reason = "its successor came after the oldest tokio that we take; the descriptor is the handle's, which is kept"
)]
pub(crate) async fn ready_in_tokio(handle: impl AsFd) -> bool {
    struct Lent<T>(T);
    impl<T: AsFd> AsRawFd for Lent<T> {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }
    match AsyncFd::with_interest(Lent(handle), Interest::READABLE) {
        Ok(lent) => {
            let _ = lent.readable().await;
            true
        }
        Err(_) => false,
    }
}
