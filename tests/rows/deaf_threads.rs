//! A `run` of threads that does not listen. It cannot be dropped: who gives it up gives the process up.

use std::time::Instant;

use aplomb_testing::{Child, assert_best_of};
use nix::sys::signal::Signal::{self, SIGINT, SIGTERM};

use super::deadlines::on_time;
use super::start_stop::AT_ONCE;
use crate::programs::phases;
use crate::support::pause_past_debounce;

/// A `run` that does not listen: it says that the request is there, and hangs.
fn deaf() -> Child {
    let mut app = phases(&["run=accepted,hang"]).spawn();
    app.expect("R+");
    app
}

fn insist_after(first: Signal) {
    assert_best_of(3, AT_ONCE, || {
        let mut app = deaf();
        app.send_signal(first);
        app.expect("accepted");
        pause_past_debounce();
        let insisted = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_stdout(&["S+", "S-", "R+", "accepted"]);
        output.duration_since(insisted)
    });
}

#[test]
fn row_23_second_sigint_ends_a_deaf_run() {
    insist_after(SIGINT);
}

#[test]
fn row_24_second_sigint_while_a_worker_is_shielded() {
    assert_best_of(3, AT_ONCE, || {
        let mut app = phases(&[
            "start=spawn:worker,pass:in",
            "worker=shield:held,say:W+,open:in,line,say:W-,unshield,hang",
            "run=accepted,hang",
        ])
        .spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        app.expect("accepted");
        pause_past_debounce();
        app.send_signal(SIGINT);
        // That it says who is in the way shows that it has taken the signal, and waits.
        app.expect_stderr(&["held"]);
        app.assert_running_without("W-");
        app.send_line("go");
        let left = app.expect("W-");
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_stdout(&["S+", "W+", "S-", "R+", "accepted", "W-"]);
        output.duration_since(left)
    });
}

#[test]
fn row_28_sigterm_then_sigint() {
    insist_after(SIGTERM);
}

#[test]
fn row_35_run_takes_too_long() {
    let script = ["run=accepted,hang", "timeout-run=400"];
    on_time(&script, &["S+", "S-", "R+", "accepted"], "run", |app| {
        app.expect("R+");
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        asked
    });
}

/// When `run` has had its time, the shields that are held get that of `stop`.
#[test]
fn a_shield_when_run_takes_too_long() {
    let mut app = phases(&[
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,line,say:W-,unshield",
        "run=accepted,hang",
        "timeout-run=400",
        "timeout-stop=15000",
    ])
    .spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect_stderr(&["run"]);
    app.assert_running_without("W-");
    app.send_line("go");
    app.wait()
        .assert_code(124)
        .assert_stdout(&["S+", "S-", "R+", "accepted", "W-"]);
}
