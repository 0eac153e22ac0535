//! The first process of a container: nobody but itself gives its signals a meaning.

use std::time::{Duration, Instant};

use aplomb_testing::{Capability, Command, assert_best_of};
use nix::sys::signal::Signal::{SIGINT, SIGQUIT, SIGTERM};

use super::start_stop::WHOLE;
use crate::programs::{phases, scene};
use crate::support::available;

#[test]
fn row_03_signal_in_run_as_pid_1() {
    if !available(Capability::PidNamespace, "row_03") {
        return;
    }
    for signal in [SIGINT, SIGTERM] {
        assert_best_of(3, Duration::from_secs(1), || {
            let mut app = phases(&["start=pid", "run=wait"]).spawn_as_pid_1();
            app.expect("pid 1");
            app.expect("R+");
            app.send_signal(signal);
            let stopped = app.expect("P-");
            let output = app.wait();
            let mut lines = WHOLE.to_vec();
            lines.insert(1, "pid 1");
            output
                .assert_code(128 + signal as i32)
                .assert_stdout(&lines)
                .assert_no_stderr();
            output.duration_since(stopped)
        });
    }
}

#[test]
fn row_04_signal_in_the_body_of_main_as_pid_1() {
    if !available(Capability::PidNamespace, "row_04") {
        return;
    }
    for signal in [SIGINT, SIGTERM] {
        let mut app = scene(&["body"]).spawn_as_pid_1();
        app.expect("B+");
        app.send_signal(signal);
        app.wait()
            .assert_code(128 + signal as i32)
            .assert_stdout(&["B+"])
            .assert_no_stderr();
    }
}

/// The kernel drops what PID 1 has no handler for, and gives no default action to it.
#[test]
fn row_131_sigquit_as_pid_1() {
    if !available(Capability::PidNamespace, "row_131") {
        return;
    }
    let ends = |program: &dyn Fn() -> Command, at: &str, lines: &[&str]| {
        assert_best_of(3, Duration::from_secs(1), || {
            let mut app = program().spawn_as_pid_1();
            app.expect(at);
            let sent = Instant::now();
            app.send_signal(SIGQUIT);
            let output = app.wait();
            output
                .assert_code(131)
                .assert_stdout(lines)
                .assert_no_stderr();
            output.duration_since(sent)
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
    if !available(Capability::PidNamespace, "row_131") {
        return;
    }
    let number = SIGQUIT as i32;
    let signals = format!("signals={number}");
    let mut app = scene(&["every", &signals, "run=line"]).spawn_as_pid_1();
    app.expect("R+");
    app.send_signal(SIGQUIT);
    app.expect(&format!("called {number}"));
    app.send_line("go");
    app.wait().assert_code(0).assert_no_stderr();

    let program = phases(&["run=wait,log-names"]).ignore_signal(SIGQUIT);
    let mut app = program.spawn_as_pid_1();
    app.expect("R+");
    app.send_signal(SIGQUIT);
    app.send_signal(SIGTERM);
    app.wait()
        .assert_code(128 + SIGTERM as i32)
        .assert_once("signals SIGTERM")
        .assert_once("P-")
        .assert_no_stderr();
}
