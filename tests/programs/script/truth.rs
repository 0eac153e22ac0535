//! Waiting for what is so, whatever shields there are. It blocks the thread.

use std::thread;

use aplomb::Shutdown;

/// Returns when the request is there, also inside a shield.
pub(crate) fn requested(shutdown: &Shutdown) {
    until_ready(shutdown);
    assert!(
        shutdown.is_requested(),
        "what others wait for is ready, so the request is there"
    );
}

#[cfg(unix)]
fn until_ready(shutdown: &Shutdown) {
    use std::os::fd::AsFd;

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    let mut request = [PollFd::new(shutdown.as_fd(), PollFlags::POLLIN)];
    while poll(&mut request, PollTimeout::NONE) != Ok(1) {}
}

#[cfg(windows)]
fn until_ready(shutdown: &Shutdown) {
    use std::os::windows::io::AsHandle;

    aplomb_testing::wait_for(shutdown.as_handle());
}

/// Returns when so many different signals have come.
pub(crate) fn seen(count: usize, shutdown: &Shutdown) {
    while shutdown.signals().len() < count {
        thread::yield_now();
    }
}
