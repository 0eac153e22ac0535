//! Tasks, each with its own view of one request.

use std::time::Instant;

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::parameters::case;
use super::start_stop::AT_ONCE;
use crate::support::{best_of_three, pause_past_debounce, phases, say_aloud, scene};

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

/// The thread that runs the exit functions next is not parked at the gate.
#[test]
fn the_only_thread_is_not_parked_at_the_gate() {
    for _ in 0..10 {
        scene(&["one-thread", "who=dips"])
            .spawn()
            .finish()
            .exited(0)
            .in_order(&["S+", "P+", "P-"])
            .quiet();
    }
}

/// A task that is polled inside the shield of another one is not in it.
#[test]
fn a_local_task_is_not_inside_the_shield_of_who_polls_it() {
    scene(&["one-thread", "who=local"])
        .spawn()
        .finish()
        .exited(0)
        .in_order(&["P+", "P-"])
        .quiet();
}

/// What was masked by the guard of its thread is woken when that is over.
#[test]
fn no_wake_up_is_lost_to_the_guard_of_a_thread() {
    scene(&["guarded"])
        .spawn()
        .finish()
        .exited(0)
        .said(&["over", "cancelled", "R-"])
        .quiet();
}

/// It is dropped between two of them.
#[test]
fn a_run_that_goes_from_shield_to_shield_is_cancelled() {
    let mut app = scene(&["busy", "via=run-until"]).spawn();
    app.expect("R+");
    app.signal(SIGTERM);
    app.finish()
        .died_by(SIGTERM)
        .said(&["R+", "cancelled true", "P+"]);
}

#[test]
fn row_22_a_run_that_goes_from_shield_to_shield() {
    let mut app = scene(&["busy"]).spawn();
    app.expect("R+");
    app.signal(SIGINT);
    pause_past_debounce();
    app.signal(SIGINT);
    app.finish().died_by(SIGINT).said(&["R+", "P+"]);
}

/// Of these apps one has a `start` and a `stop` that are functions, and each of the others has one that is.
#[test]
fn row_135_functions_start_and_stop_an_async_app() {
    for name in ["order", "taken", "components"] {
        case(name).exited(0).quiet();
    }
}
