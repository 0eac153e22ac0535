//! A `run` of threads that does not listen. It cannot be dropped: who gives it up gives the process up.

use std::time::Instant;

use nix::sys::signal::Signal::{self, SIGINT, SIGTERM};

use super::deadlines::on_time;
use super::start_stop::AT_ONCE;
use crate::support::{Running, best_of_three, pause_past_debounce, phases};

/// A `run` that does not listen: it says that the request is there, and hangs.
fn deaf() -> Running {
    let mut app = phases(&["run=accepted,hang"]).spawn();
    app.expect("R+");
    app
}

fn insist_after(first: Signal) {
    best_of_three(AT_ONCE, || {
        let mut app = deaf();
        app.signal(first);
        app.expect("accepted");
        pause_past_debounce();
        let insisted = Instant::now();
        app.signal(SIGINT);
        let ending = app.finish();
        ending.died_by(SIGINT).said(&["S+", "S-", "R+", "accepted"]);
        ending.after(insisted)
    });
}

#[test]
fn row_23_second_sigint_ends_a_deaf_run() {
    insist_after(SIGINT);
}

#[test]
fn row_24_second_sigint_while_a_worker_is_shielded() {
    best_of_three(AT_ONCE, || {
        let mut app = phases(&[
            "start=spawn:worker,pass:in",
            "worker=shield:held,say:W+,open:in,line,say:W-,unshield,hang",
            "run=accepted,hang",
        ])
        .spawn();
        app.expect("R+");
        app.signal(SIGINT);
        app.expect("accepted");
        pause_past_debounce();
        app.signal(SIGINT);
        // That it says who is in the way shows that it has taken the signal, and waits.
        app.expect_complaint(&["held"]);
        app.is_going_on("W-");
        app.go();
        let left = app.expect("W-");
        let ending = app.finish();
        ending
            .died_by(SIGINT)
            .said(&["S+", "W+", "S-", "R+", "accepted", "W-"]);
        ending.after(left)
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
        app.signal(SIGTERM);
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
    app.signal(SIGTERM);
    app.expect_complaint(&["run"]);
    app.is_going_on("W-");
    app.go();
    app.finish()
        .exited(124)
        .said(&["S+", "S-", "R+", "accepted", "W-"]);
}
