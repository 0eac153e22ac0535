//! What the app's threads notice of signals: nothing, unless one is sent to a thread.

use nix::sys::signal::Signal::SIGTERM;

use crate::support::scene;

#[test]
fn row_67_errno_and_blocking_calls() {
    scene(&["errno"])
        .spawn()
        .finish()
        .died_by(SIGTERM)
        .said(&["errno kept true", "requested true", "read Ok(1)"])
        .quiet();
}

#[test]
fn row_75_a_signal_to_a_thread() {
    for to in ["to=itself", "to=worker"] {
        scene(&["threads", to])
            .spawn()
            .finish()
            .died_by(SIGTERM)
            .said(&["signals SIGTERM", "P+"])
            .quiet();
    }
    scene(&["threads", "to=shielded"])
        .spawn()
        .finish()
        .died_by(SIGTERM)
        .said(&["checkpoint Ok(())", "signals SIGTERM", "P+"])
        .quiet();
}
