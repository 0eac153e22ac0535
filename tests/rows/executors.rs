//! A handful of rows on each executor.

use std::time::Instant;

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::start_stop::{AT_ONCE, WHOLE};
use crate::support::{On, best_of_three, pause_past_debounce, phases_on, scene};

const EXECUTORS: [On; 4] = [On::Tokio, On::TokioCurrentThread, On::Smol, On::Futures];

#[test]
fn row_02_sigterm_in_run() {
    for on in EXECUTORS {
        let mut app = phases_on(on, &["run=wait"]).spawn();
        app.expect("R+");
        app.signal(SIGTERM);
        app.finish().died_by(SIGTERM).said(&WHOLE).quiet();
    }
}

#[test]
fn row_05_signal_in_start() {
    for on in EXECUTORS {
        let script = ["start=accepted,line,say:built", "run=wait"];
        let mut app = phases_on(on, &script).spawn();
        app.expect("S+");
        app.signal(SIGINT);
        app.expect("accepted");
        app.go();
        app.finish()
            .died_by(SIGINT)
            .said(&["S+", "accepted", "built", "S-", "P+", "P-"])
            .quiet();
    }
}

#[test]
fn row_13_run_panics() {
    for on in EXECUTORS {
        phases_on(on, &["run=panic:no idea"])
            .spawn()
            .finish()
            .exited(101)
            .said(&["S+", "S-", "R+", "P+", "P-"])
            .complained_once("no idea");
    }
}

#[test]
fn row_22_second_sigint_drops_a_deaf_run() {
    for on in EXECUTORS {
        best_of_three(AT_ONCE, || {
            let mut app = phases_on(on, &["run=accepted,hang"]).spawn();
            app.expect("R+");
            app.signal(SIGINT);
            app.expect("accepted");
            pause_past_debounce();
            let insisted = Instant::now();
            app.signal(SIGINT);
            let ending = app.finish();
            ending
                .died_by(SIGINT)
                .said(&["S+", "S-", "R+", "accepted", "R dropped", "P+", "P-"])
                .quiet();
            ending.after(insisted)
        });
    }
}

#[test]
fn row_39_interruption_points() {
    for on in EXECUTORS {
        let points = "checkpoint,sleep:1,wait-timeout:1";
        let run = format!(
            "run=shield:s,say:in,truth,{points},unshield,checkpoint,sleep:60000,wait-timeout:60000,wait"
        );
        let mut app = phases_on(on, &[&run]).spawn();
        app.expect("in");
        app.signal(SIGTERM);
        app.finish()
            .died_by(SIGTERM)
            .in_order(&["in", "checkpoint Ok", "sleep Ok", "wait-timeout false"])
            .in_order(&[
                "checkpoint Err(Cancelled)",
                "sleep Err(Cancelled)",
                "wait-timeout true",
                "R-",
                "P+",
            ])
            .quiet();
    }
}

#[test]
fn row_40_a_value_that_was_computed_is_delivered() {
    for on in [
        "on=tokio",
        "on=tokio-current-thread",
        "on=smol",
        "on=futures",
    ] {
        let mut app = scene(&["outcomes", "shield=inline", on]).spawn();
        app.expect("ready");
        app.signal(SIGINT);
        app.go();
        app.finish()
            .died_by(SIGINT)
            .in_order(&["ready", "value Some(42) open"]);
    }
}

/// Tasks of every executor hold the exit up.
#[test]
fn row_43_a_worker_is_shielded_when_run_returns() {
    for on in EXECUTORS {
        let mut app = phases_on(
            on,
            &[
                "start=spawn:worker,pass:in",
                "worker=shield:ledger,say:W+,open:in,line,say:W-,unshield",
                "run=ok",
            ],
        )
        .spawn();
        app.expect("R-");
        app.is_going_on("P+");
        app.go();
        app.finish()
            .exited(0)
            .in_order(&["R-", "W-", "P+", "P-"])
            .quiet();
    }
}

/// The process does not end without a word.
#[test]
fn an_executor_that_runs_nothing() {
    for on in [On::Dropping, On::Forgetting] {
        phases_on(on, &["run=ok"])
            .spawn()
            .finish()
            .exited(101)
            .said(&[])
            .complained_once("Error: the executor has returned before the app has ended");
    }
}
