//! The first process of a container: nobody but itself gives its signals a meaning.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGINT, SIGQUIT, SIGTERM};

use super::start_stop::WHOLE;
use crate::support::{Program, best_of_three, can_have_pid_namespace, phases, scene};

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

/// The kernel drops what PID 1 has no handler for, and gives no default action to it.
#[test]
fn row_131_sigquit_as_pid_1() {
    if !can_have_pid_namespace("row_131") {
        return;
    }
    let ends = |program: &dyn Fn() -> Program, at: &str, lines: &[&str]| {
        best_of_three(Duration::from_secs(1), || {
            let mut app = program().spawn_as_pid_1();
            app.expect(at);
            let sent = Instant::now();
            app.signal(SIGQUIT);
            let ending = app.finish();
            ending.exited(131).said(lines).quiet();
            ending.after(sent)
        });
    };
    ends(&|| scene(&["body"]), "B+", &["B+"]);
    ends(&|| phases(&["start=line"]), "S+", &["S+"]);
    ends(&|| phases(&["run=line"]), "R+", &["S+", "S-", "R+"]);
    ends(
        &|| phases(&["run=ok", "stop=line"]),
        "P+",
        &["S+", "S-", "R+", "R-", "P+"],
    );
    // A shield is no help against it.
    ends(
        &|| phases(&["run=shield:held,say:in,line", "quiet=SR"]),
        "in",
        &["in"],
    );
}

/// SIGQUIT is that way out only where nobody has given it another meaning.
#[test]
fn row_131_sigquit_that_means_something_as_pid_1() {
    if !can_have_pid_namespace("row_131") {
        return;
    }
    let number = SIGQUIT as i32;
    let signals = format!("signals={number}");
    let mut app = scene(&["every", &signals, "run=line"]).spawn_as_pid_1();
    app.expect("R+");
    app.signal(SIGQUIT);
    app.expect(&format!("called {number}"));
    app.go();
    app.finish().exited(0).quiet();

    let program = phases(&["run=wait,log-names"]).with_ignored(SIGQUIT);
    let mut app = program.spawn_as_pid_1();
    app.expect("R+");
    app.signal(SIGQUIT);
    app.signal(SIGTERM);
    app.finish()
        .exited(128 + SIGTERM as i32)
        .once("signals SIGTERM")
        .once("P-")
        .quiet();
}
