//! What the app's threads notice of signals: nothing, unless one is sent to a thread.

use aplomb_testing::Capability;
use nix::sys::signal::Signal::SIGTERM;

use crate::programs::scene;
use crate::support::{OutputExt, available};

#[test]
fn row_67_errno_and_blocking_calls() {
    if !available(Capability::Linux, "row_67") {
        return;
    }
    scene(&["errno"])
        .spawn()
        .wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["errno kept true", "requested true", "read Ok(1)"])
        .assert_only_waiting();
}

#[test]
fn row_75_a_signal_to_a_thread() {
    for to in ["to=itself", "to=worker"] {
        scene(&["threads", to])
            .spawn()
            .wait()
            .assert_signal(SIGTERM)
            .assert_stdout(&["signals SIGTERM", "P+"])
            .assert_no_stderr();
    }
    scene(&["threads", "to=shielded"])
        .spawn()
        .wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["checkpoint Ok(())", "signals SIGTERM", "P+"])
        .assert_no_stderr();
}
