//! Tasks, each with its own view of one request.

use std::time::Instant;

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::start_stop::AT_ONCE;
use crate::support::{best_of_three, phases, say_aloud, scene};

#[test]
fn row_50_each_task_has_its_own_view() {
    let ending = scene(&["views"]).spawn().finish();
    ending.exited(0).once("wrong 0");
    let said = ending.stdout();
    let threads = said.iter().find_map(|line| line.strip_prefix("threads "));
    let threads: usize = threads.expect("a line").parse().expect("a number");
    say_aloud(&format!(
        "row 50: the shielded tasks were on {threads} threads"
    ));
    ending.check(threads > 1, "the tasks were to go from worker to worker");
}

#[test]
fn row_40_and_42_ways_out_of_a_shielded_function_that_borrows() {
    let mut app = scene(&["outcomes", "shield=inline"]).spawn();
    app.expect("ready");
    app.signal(SIGINT);
    app.go();
    app.finish().died_by(SIGINT).said(&[
        "ready",
        "value Some(42) open",
        "question mark Err(\"invalid digit found in string\") open",
        "early left early open",
        "panic Some(1234) open",
    ]);
}

#[test]
fn row_45_a_shield_that_borrows_is_not_entered_after_the_exit_began() {
    for _ in 0..20 {
        scene(&["late", "shield=inline"])
            .spawn()
            .finish()
            .exited(0)
            .said(&["R+", "P+", "exit+", "exit-"])
            .quiet();
    }
}

#[test]
fn all_of_very_many_tasks_are_woken() {
    let mut app = scene(&["masses"]).spawn();
    app.expect("all wait");
    app.signal(SIGTERM);
    app.finish()
        .died_by(SIGTERM)
        .said(&["all wait", "woken 100000", "P+"])
        .quiet();
}

#[test]
fn tokens_are_cancelled() {
    let mut app = scene(&["token"]).spawn();
    app.expect("R+");
    app.signal(SIGTERM);
    app.finish()
        .died_by(SIGTERM)
        .said(&[
            "requested false, cancelled false false",
            "R+",
            "late true",
            "P+",
        ])
        .quiet();
}

#[test]
fn a_task_that_holds_a_guard_panics() {
    scene(&["guard"])
        .spawn()
        .finish()
        .exited(101)
        .said(&["R+", "R-", "P+"])
        .complained_once("torn");
}

/// What is inside already does not wait at the gate, which is closed by then: nor does a thread that is
/// polling it.
#[test]
fn a_shield_of_a_thread_inside_one_of_a_task_is_entered_at_once() {
    best_of_three(4 * AT_ONCE, || {
        let mut app = phases(&[
            "run=ok",
            "stop=spawn:worker,pass:begun",
            "worker=call:f",
            "f=say:half,open:begun,line,dip:inner,say:whole",
        ])
        .spawn();
        app.expect("half");
        app.expect("P-");
        let told = Instant::now();
        app.go();
        let whole = app.expect("whole");
        app.finish().exited(0);
        whole - told
    });
}
