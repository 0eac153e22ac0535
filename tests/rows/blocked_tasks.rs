//! Code that blocks the thread of its task: it cannot be dropped, so it has a last second, as a `run` of threads has.

use std::time::{Duration, Instant};

use aplomb_testing::{Child, assert_best_of};
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::last_second::{LATE, SECOND};
use super::start_stop::AT_ONCE;
use crate::programs::{On, phases_on};
use crate::support::pause_past_debounce;

/// Insists, and returns how long it took. The app says `in` when its thread is blocked; a thread says
/// that the first signal was accepted.
fn insist(on: On, script: &[&str], lines: &[&str]) -> Duration {
    let script = [script, &["asker=accepted"]].concat();
    let mut app = phases_on(on, &script).spawn();
    app.expect("in");
    app.send_signal(SIGINT);
    app.expect("accepted");
    pause_past_debounce();
    let insisted = Instant::now();
    app.send_signal(SIGINT);
    let output = app.wait();
    output
        .assert_signal(SIGINT)
        .assert_stdout(lines)
        .assert_stderr(&["`run` has not ended"]);
    let took = output.duration_since(insisted);
    output.assert(took >= SECOND, "the second was not over yet");
    took
}

#[test]
fn row_31_run_blocks_the_only_thread() {
    for on in [On::TokioCurrentThread, On::Tokio, On::Smol, On::Futures] {
        assert_best_of(3, SECOND + LATE, || {
            let script = ["start=thread:asker", "run=say:in,block"];
            insist(on, &script, &["S+", "S-", "R+", "in", "accepted"])
        });
    }
}

#[test]
fn row_31_a_task_blocks_the_only_thread() {
    assert_best_of(3, SECOND + LATE, || {
        let script = [
            "start=thread:asker",
            "run=spawn:blocker,wait",
            "blocker=say:in,block",
        ];
        let lines = ["S+", "S-", "R+", "in", "accepted"];
        insist(On::TokioCurrentThread, &script, &lines)
    });
}

/// Brings an app to where its thread is blocked, though it was awake at the request.
fn blocked_later() -> Child {
    let script = ["run=say:in,wait,say:woken,line,say:blocks,block"];
    let mut app = phases_on(On::TokioCurrentThread, &script).spawn();
    app.expect("in");
    app.send_signal(SIGINT);
    app.expect("woken");
    pause_past_debounce();
    app.send_line("go");
    app.expect("blocks");
    app
}

/// A `run` that blocks its thread only for a while is dropped when it goes on.
#[test]
fn row_31_run_blocks_its_thread_for_a_while() {
    let script = [
        "start=thread:asker",
        "asker=accepted",
        "run=say:in,block-line,hang",
    ];
    let mut app = phases_on(On::TokioCurrentThread, &script).spawn();
    app.expect("in");
    app.send_signal(SIGINT);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    pause_past_debounce();
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_in_order(&["accepted", "R dropped", "P+", "P-"]);
}

/// Who was awake at the request has a second, too.
#[test]
fn run_blocks_its_thread_after_the_request() {
    assert_best_of(3, SECOND + LATE, || {
        let app = blocked_later();
        let insisted = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_never("P+")
            .assert_never("R dropped");
        let took = output.duration_since(insisted);
        output.assert(took >= SECOND, "the second was not over yet");
        took
    });
}

/// Or less, if the user insists once more.
#[test]
fn who_insists_twice_does_not_wait_for_that_second() {
    assert_best_of(3, AT_ONCE, || {
        let app = blocked_later();
        app.send_signal(SIGINT);
        pause_past_debounce();
        app.assert_running_without("P+");
        let insisted = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_never("P+")
            .assert_never("R dropped");
        output.duration_since(insisted)
    });
}

/// A shield of a thread is not cut by it.
#[test]
fn row_31_while_a_thread_is_shielded() {
    let script = [
        "start=thread:asker,thread:worker,pass:in",
        "asker=accepted",
        "worker=shield:ledger,open:in,line,say:W-,unshield,hang",
        "run=say:in,block",
    ];
    let mut app: Child = phases_on(On::TokioCurrentThread, &script).spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.expect_stderr(&["ledger"]);
    app.assert_running_without("W-");
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_stdout(&["S+", "S-", "R+", "in", "accepted", "W-"]);
}

#[test]
fn row_35_run_blocks_its_thread_past_its_time() {
    for on in [On::TokioCurrentThread, On::Tokio] {
        let script = ["run=say:in,block", "timeout-run=400"];
        let mut app = phases_on(on, &script).spawn();
        app.expect("in");
        app.send_signal(SIGTERM);
        app.wait()
            .assert_code(124)
            .assert_stdout(&["S+", "S-", "R+", "in"])
            .assert_stderr(&["timeout(run)"]);
    }
}
