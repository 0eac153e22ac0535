//! A `run` of tasks that is dropped when its grace is over, which is no failure.

use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::Signal::{SIGINT, SIGTERM};
use aplomb_testing::{Child, Output, assert_best_of};

use super::deadlines::LIMIT;
use super::last_second::{LATE, SECOND};
use crate::programs::{On, phases, phases_on};
use crate::support::pause_past_debounce;

/// The lines of an app whose `run` is dropped.
const DROPPED: [&str; 7] = ["S+", "S-", "R+", "accepted", "R dropped", "P+", "P-"];

/// What is said of it.
const SAID: &str = "`run` was dropped after its grace of 400ms";

fn was_dropped(output: &Output) {
    output.assert_stdout(&DROPPED).assert_stderr_once(&[SAID]);
}

fn asked(script: &[&str]) -> (Child, Instant) {
    let mut app = phases(script).spawn();
    app.expect("R+");
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    (app, asked)
}

#[test]
fn row_142_run_is_dropped() {
    assert_best_of(3, LIMIT + LATE, || {
        let (app, asked) = asked(&["run=accepted,hang", "grace=400"]);
        let output = app.wait();
        output.assert_signal(SIGTERM);
        was_dropped(&output);
        let took = output.duration_since(asked);
        output.assert(took >= LIMIT, "it has not had its grace");
        took
    });
}

/// The grace counts from the cancellation.
#[test]
fn row_142_after_a_drain() {
    let (app, asked) = asked(&["run=accepted,hang", "grace=400", "drain=500"]);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    was_dropped(&output);
    let took = output.duration_since(asked);
    output.assert(
        took >= LIMIT + Duration::from_millis(500),
        "it was dropped too early",
    );
}

/// Neither a call nor what `stop` returns is changed by it, nor is an `Err` of `run` that comes in time.
#[test]
fn row_142_the_status_is_unchanged() {
    for (script, status) in [
        (["run=request:enough,accepted,hang", "stop=ok"], 0),
        (["run=request-exit:7,accepted,hang", "stop=ok"], 7),
        (["run=request:enough,accepted,hang", "stop=code:3"], 3),
    ] {
        let output = phases(&[&script[..], &["grace=400"]].concat())
            .spawn()
            .wait();
        output.assert_code(status);
        was_dropped(&output);
    }
    let script = ["run=wait,err:broken", "grace=400"];
    let (app, _) = asked(&script);
    let output = app.wait();
    output.assert_code(1).assert_never("R dropped");
    output.assert(output.stderr().len() == 1, "nothing was dropped");
}

#[test]
fn row_142_in_a_shield() {
    let run = "run=accepted,shield:ledger,line,say:whole,unshield,hang";
    let insists = [false, true];
    for insists in insists {
        let (mut app, _) = asked(&[run, "grace=400"]);
        app.expect("accepted");
        // The grace is over by then.
        thread::sleep(LIMIT + LATE);
        app.assert_running_without("R dropped");
        if insists {
            app.send_signal(SIGINT);
            app.expect_stderr(&["waiting for shield `ledger`"]);
        }
        app.send_line("go");
        let output = app.wait();
        output
            .assert_signal(if insists { SIGINT } else { SIGTERM })
            .assert_in_order(&["whole", "R dropped", "P+", "P-"])
            .assert_stderr_once(&[SAID]);
    }
}

#[test]
fn row_142_of_components() {
    let script = [
        "components=yes",
        "cache.run=accepted,hang",
        "grace=400",
        "deadline=15000",
    ];
    let mut app = phases(&script).spawn();
    app.expect_all(&["database R+", "cache R+", "api R+"]);
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&["cache R dropped", "api P+", "cache P+", "database P-"])
        .assert_stderr_once(&[SAID]);
}

/// A `run` that has blocked its thread is dropped when it goes on.
#[test]
fn row_143_run_blocks_its_thread_for_a_while() {
    let script = ["run=say:in,block-line,hang", "grace=400"];
    let mut app = phases_on(On::TokioCurrentThread, &script).spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app.expect_stderr(&["`run` blocks its thread", "its grace of 400ms"]);
    app.send_line("go");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&["R dropped", "P+", "P-"])
        .assert_stderr_once(&[SAID]);
}

/// Otherwise other limits hold, and so does insisting.
#[test]
fn row_143_run_blocks_its_thread() {
    let script = ["run=say:in,block", "grace=400", "timeout-run=2000"];
    assert_best_of(3, 2 * SECOND + SECOND + LATE, || {
        let mut app = phases_on(On::TokioCurrentThread, &script).spawn();
        app.expect("in");
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        let output = app.wait();
        output
            .assert_code(124)
            .assert_never("P+")
            .assert_stderr(&["`run` blocks its thread"])
            .assert_stderr(&["timeout(run) of 2s has passed"]);
        output.duration_since(asked)
    });
    assert_best_of(3, SECOND + LATE, || {
        let mut app = phases_on(On::TokioCurrentThread, &script[..2]).spawn();
        app.expect("in");
        app.send_signal(SIGTERM);
        app.expect_stderr(&["`run` blocks its thread"]);
        pause_past_debounce();
        let insisted = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output.assert_signal(SIGINT).assert_never("P+");
        output.duration_since(insisted)
    });
}
