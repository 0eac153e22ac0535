//! Tasks, each with its own view of one request.

use std::time::Instant;

use aplomb_testing::{Capability, assert_best_of};
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::parameters::case;
use super::start_stop::AT_ONCE;
use crate::programs::{phases, scene};
use crate::support::{OutputExt, available, pause_past_debounce, print_uncaptured};

#[test]
fn row_50_each_task_has_its_own_view() {
    let output = scene(&["views"]).spawn().wait();
    output.assert_code(0).assert_once("wrong 0");
    let said = output.stdout();
    let threads = said.iter().find_map(|line| line.strip_prefix("threads "));
    let threads: usize = threads.expect("a line").parse().expect("a number");
    print_uncaptured(&format!(
        "row 50: the shielded tasks were on {threads} threads"
    ));
    output.assert(threads > 1, "the tasks were to go from worker to worker");
}

#[test]
fn row_40_and_42_ways_out_of_a_shielded_function_that_borrows() {
    let mut app = scene(&["outcomes", "shield=inline"]).spawn();
    app.expect("ready");
    app.send_signal(SIGINT);
    app.send_line("go");
    app.wait().assert_signal(SIGINT).assert_stdout(&[
        "ready",
        "value Some(42) open",
        "question mark Err(\"invalid digit found in string\") open",
        "early left early open",
        "panic Some(1234) open",
    ]);
}

#[test]
fn row_45_a_shield_that_borrows_is_not_entered_after_the_exit_began() {
    if !available(Capability::Linux, "row_45") {
        return;
    }
    for _ in 0..20 {
        scene(&["late", "shield=inline"])
            .spawn()
            .wait()
            .assert_code(0)
            .assert_stdout(&["R+", "P+", "exit+", "exit-"])
            .assert_no_stderr();
    }
}

#[test]
fn all_of_very_many_tasks_are_woken() {
    let mut app = scene(&["masses"]).spawn();
    app.expect("all wait");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["all wait", "woken 100000", "P+"])
        .assert_only_waiting();
}

#[test]
fn tokens_are_cancelled() {
    let mut app = scene(&["token"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&[
            "requested false, cancelled false false",
            "R+",
            "late true",
            "P+",
        ])
        .assert_no_stderr();
}

#[test]
fn a_task_that_holds_a_guard_panics() {
    scene(&["guard"])
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&["R+", "R-", "P+"])
        .assert_stderr_once(&["torn"]);
}

/// A task that is inside a shield already does not wait at the gate, which is closed by then. A thread that
/// polls such a task does not wait there either.
#[test]
fn a_shield_of_a_thread_inside_one_of_a_task_is_entered_at_once() {
    assert_best_of(3, 4 * AT_ONCE, || {
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
        app.send_line("go");
        let whole = app.expect("whole");
        app.wait().assert_code(0);
        whole - told
    });
}

/// The only thread also runs the exit functions, so it must not be parked at the gate.
#[test]
fn the_only_thread_is_not_parked_at_the_gate() {
    for _ in 0..10 {
        scene(&["one-thread", "who=dips"])
            .spawn()
            .wait()
            .assert_code(0)
            .assert_in_order(&["S+", "P+", "P-"])
            .assert_no_stderr();
    }
}

/// A task that is polled inside the shield of another task is not in that shield.
#[test]
fn a_local_task_is_not_inside_the_shield_of_who_polls_it() {
    scene(&["one-thread", "who=local"])
        .spawn()
        .wait()
        .assert_code(0)
        .assert_in_order(&["P+", "P-"])
        .assert_no_stderr();
}

/// A task whose wake-up was masked by a guard of its thread is woken when the guard is gone.
#[test]
fn no_wake_up_is_lost_to_the_guard_of_a_thread() {
    scene(&["guarded"])
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&["over", "cancelled", "R-"])
        .assert_no_stderr();
}

/// A `run` that goes from shield to shield is dropped between two of them.
#[test]
fn a_run_that_goes_from_shield_to_shield_is_cancelled() {
    let mut app = scene(&["busy", "via=run-until"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["R+", "cancelled true", "P+"]);
}

#[test]
fn row_22_a_run_that_goes_from_shield_to_shield() {
    let mut app = scene(&["busy"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.wait()
        .assert_signal(SIGINT)
        .assert_stdout(&["R+", "P+"]);
}

/// One of these apps has a `start` and a `stop` that are plain functions. In each of the others one of the two
/// is.
#[test]
fn row_135_functions_start_and_stop_an_async_app() {
    for name in ["order", "taken", "components"] {
        case(name).assert_code(0).assert_no_stderr();
    }
}
