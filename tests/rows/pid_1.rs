//! The first process of a container: nobody but itself gives its signals a meaning.

use std::time::Duration;

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::start_stop::WHOLE;
use crate::support::{best_of_three, can_have_pid_namespace, phases, scene};

#[test]
fn row_03_signal_in_run_as_pid_1() {
    if !can_have_pid_namespace("row_03") {
        return;
    }
    for signal in [SIGINT, SIGTERM] {
        best_of_three(Duration::from_secs(1), || {
            let mut app = phases(&["start=pid", "run=wait"]).spawn_as_pid_1();
            app.expect("pid 1");
            app.expect("R+");
            app.signal(signal);
            let stopped = app.expect("P-");
            let ending = app.finish();
            let mut lines = WHOLE.to_vec();
            lines.insert(1, "pid 1");
            ending.exited(128 + signal as i32).said(&lines).quiet();
            ending.after(stopped)
        });
    }
}

#[test]
fn row_04_signal_in_the_body_of_main_as_pid_1() {
    if !can_have_pid_namespace("row_04") {
        return;
    }
    for signal in [SIGINT, SIGTERM] {
        let mut app = scene(&["body"]).spawn_as_pid_1();
        app.expect("B+");
        app.signal(signal);
        app.finish()
            .exited(128 + signal as i32)
            .said(&["B+"])
            .quiet();
    }
}
