//! Waiting for what is so, whatever shields there are. It blocks the thread.

use std::os::fd::AsFd;
use std::thread;

use aplomb::Shutdown;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Returns when the request is there, also inside a shield.
pub(crate) fn requested(shutdown: &Shutdown) {
    let mut request = [PollFd::new(shutdown.as_fd(), PollFlags::POLLIN)];
    while poll(&mut request, PollTimeout::NONE) != Ok(1) {}
    assert!(
        shutdown.is_requested(),
        "the descriptor is readable, so the request is there"
    );
}

/// Returns when so many different signals have come.
pub(crate) fn seen(count: usize, shutdown: &Shutdown) {
    while shutdown.signals().len() < count {
        thread::yield_now();
    }
}
