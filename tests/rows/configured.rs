//! Limits that the value of the body has changed, as configuration does.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal::SIGTERM;

use super::deadlines::{LIMIT, on_time};
use crate::ON;
use crate::programs::phases;

const BY_BODY: &str = "limits=body";

#[test]
fn row_205_start_takes_too_long() {
    let script = ["start=hang", "timeout-start=400", BY_BODY];
    on_time(&script, &["S+"], "start", |app| app.expect("S+"));
}

#[test]
fn row_205_stop_takes_too_long() {
    let lines = ["S+", "S-", "R+", "R-", "P+"];
    let script = ["run=ok", "stop=hang", "timeout-stop=400", BY_BODY];
    on_time(&script, &lines, "stop", |app| app.expect("P+"));
}

#[test]
fn row_205_the_shutdown_takes_too_long() {
    let lines = ["S+", "S-", "R+", "R-", "P+"];
    let script = ["run=wait", "stop=hang", "deadline=400", BY_BODY];
    on_time(&script, &lines, "stop", |app| {
        app.expect("R+");
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        asked
    });
}

#[test]
fn row_205_run_takes_too_long() {
    let mut app = phases(&["run=hang", "timeout-run=400", BY_BODY]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_code(124)
        .assert_stderr_once(&["timeout(run) of 400ms"]);
}

#[test]
fn row_205_exit_does_not_wait_for_ever() {
    let script = [
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,hang",
        "run=exit:5",
        "exit-wait=400",
        BY_BODY,
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.wait().assert_code(5).assert_stderr_once(&["ledger"]);
}

/// A drain that nobody has written in the program leaves its time, too.
#[test]
fn row_205_run_drains() {
    let mut app = phases(&["run=wait", "drain=400", BY_BODY]).spawn();
    app.expect("R+");
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "P-"])
        .assert_no_stderr();
    output.assert(
        output.duration_since(asked) >= LIMIT,
        "the drain was not over yet",
    );
}

#[test]
fn row_205_run_is_dropped_after_its_grace() {
    let mut app = phases(&["run=hang", "grace=400", BY_BODY]).spawn();
    if !ON.is_tasks() {
        app.wait()
            .assert_code(1)
            .assert_stdout(&[])
            .assert_stderr_once(&["`grace` is for an async app"]);
        return;
    }
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stderr_once(&["dropped after its grace of 400ms"]);
}

#[test]
fn row_205_limits_that_contradict_each_other() {
    let output = phases(&["run=ok", "drain=5000", "deadline=3000", BY_BODY])
        .spawn()
        .wait();
    output
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr(&["here `deadline` is 3s, `drain` is 5s"]);
    let output = phases(&["run=ok", "timeout-stop=0", BY_BODY])
        .spawn()
        .wait();
    output
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr(&["`timeout(stop)` is zero"]);
}

#[test]
fn row_205_the_function_panics() {
    let output = phases(&["run=ok", "limits=panic"]).spawn().wait();
    output
        .assert_code(101)
        .assert_stdout(&[])
        .assert_stderr_once(&["on purpose"]);
}

/// Limits that are kept change nothing.
#[test]
fn row_205_limits_that_are_kept() {
    let script = [
        "run=wait",
        "timeout-start=15000",
        "timeout-run=15000",
        "timeout-stop=15000",
        "deadline=20000",
        BY_BODY,
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    output.assert(
        output.duration_since(asked) < Duration::from_secs(10),
        "nothing was waited for",
    );
}
