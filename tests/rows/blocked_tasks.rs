//! Code that blocks the thread of its task: it cannot be dropped, so the app ends as one of threads.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::start_stop::AT_ONCE;
use crate::support::{On, Running, best_of_three, pause_past_debounce, phases_on};

/// Insists, and returns how long it took. The app says `in` when its thread is blocked; a thread says
/// that the first signal was accepted.
fn insist(on: On, script: &[&str], lines: &[&str]) -> Duration {
    let script = [script, &["asker=accepted"]].concat();
    let mut app = phases_on(on, &script).spawn();
    app.expect("in");
    app.signal(SIGINT);
    app.expect("accepted");
    pause_past_debounce();
    let insisted = Instant::now();
    app.signal(SIGINT);
    let ending = app.finish();
    ending.died_by(SIGINT).said(lines).quiet();
    ending.after(insisted)
}

#[test]
fn row_31_run_blocks_the_only_thread() {
    for on in [On::TokioCurrentThread, On::Tokio, On::Smol, On::Futures] {
        best_of_three(AT_ONCE, || {
            let script = ["start=thread:asker", "run=say:in,block"];
            insist(on, &script, &["S+", "S-", "R+", "in", "accepted"])
        });
    }
}

#[test]
fn row_31_a_task_blocks_the_only_thread() {
    best_of_three(AT_ONCE, || {
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
fn blocked_later() -> Running {
    let script = ["run=say:in,wait,say:woken,line,say:blocks,block"];
    let mut app = phases_on(On::TokioCurrentThread, &script).spawn();
    app.expect("in");
    app.signal(SIGINT);
    app.expect("woken");
    pause_past_debounce();
    app.go();
    app.expect("blocks");
    app
}

/// Who was awake at the request gets a second to hear that it is given up.
#[test]
fn run_blocks_its_thread_after_the_request() {
    let second = Duration::from_secs(1);
    best_of_three(second + 4 * AT_ONCE, || {
        let app = blocked_later();
        let insisted = Instant::now();
        app.signal(SIGINT);
        let ending = app.finish();
        ending.died_by(SIGINT).never("P+").never("R dropped");
        let took = ending.after(insisted);
        ending.check(took >= second, "the second was not over yet");
        took
    });
}

/// Or less, if the user insists once more.
#[test]
fn who_insists_twice_does_not_wait_for_that_second() {
    best_of_three(AT_ONCE, || {
        let app = blocked_later();
        app.signal(SIGINT);
        pause_past_debounce();
        app.is_going_on("P+");
        let insisted = Instant::now();
        app.signal(SIGINT);
        let ending = app.finish();
        ending.died_by(SIGINT).never("P+").never("R dropped");
        ending.after(insisted)
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
    let mut app: Running = phases_on(On::TokioCurrentThread, &script).spawn();
    app.expect("in");
    app.signal(SIGTERM);
    app.expect("accepted");
    pause_past_debounce();
    app.signal(SIGINT);
    app.expect_complaint(&["ledger"]);
    app.is_going_on("W-");
    app.go();
    app.finish()
        .died_by(SIGINT)
        .said(&["S+", "S-", "R+", "in", "accepted", "W-"]);
}

#[test]
fn row_35_run_blocks_its_thread_past_its_time() {
    for on in [On::TokioCurrentThread, On::Tokio] {
        let script = ["run=say:in,block", "timeout-run=400"];
        let mut app = phases_on(on, &script).spawn();
        app.expect("in");
        app.signal(SIGTERM);
        app.finish()
            .exited(124)
            .said(&["S+", "S-", "R+", "in"])
            .complained_of(&["timeout(run)"]);
    }
}
