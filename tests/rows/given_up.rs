//! A `run` of tasks that does not listen: it is dropped where it waits, and `stop` runs.

use std::time::Instant;

use aplomb_testing::Signal::{self, SIGHUP, SIGINT, SIGTERM};
use aplomb_testing::assert_best_of;

use super::deadlines::{LIMIT, on_time};
use super::start_stop::AT_ONCE;
use crate::programs::{phases, scene};
use crate::support::pause_past_debounce;

/// The lines of an app whose `run` is given up.
const GIVEN_UP: [&str; 7] = ["S+", "S-", "R+", "accepted", "R dropped", "P+", "P-"];

fn insist_after(first: Signal) {
    assert_best_of(3, AT_ONCE, || {
        let mut app = phases(&["run=accepted,hang"]).spawn();
        app.expect("R+");
        app.send_signal(first);
        app.expect("accepted");
        pause_past_debounce();
        let insisted = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_stdout(&GIVEN_UP)
            .assert_no_stderr();
        output.duration_since(insisted)
    });
}

#[test]
fn row_22_second_sigint_drops_a_deaf_run() {
    insist_after(SIGINT);
}

#[test]
fn row_28_sigterm_then_sigint() {
    insist_after(SIGTERM);
}

/// `run` is dropped because of the second signal, so `stop` sees the names of both signals. `stop` also has the
/// state, and the code that it returns is the status.
#[test]
fn row_22_the_state_is_there_for_stop() {
    let script = ["run=accepted,hang", "stop=log-names,code:3"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.wait()
        .assert_code(3)
        .assert_in_order(&["R dropped", "P+", "signals SIGTERM SIGINT", "P-"]);
}

/// A worker of any kind is inside a shield. `run` is dropped at once, and `stop` comes after the shield.
fn while_a_worker_is_shielded(worker: &str) {
    let mut app = phases(&[
        "start=spawn:worker,pass:in",
        worker,
        "ledger=say:W+,open:in,line,say:W-",
        "run=accepted,hang",
    ])
    .spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.expect("R dropped");
    app.expect_stderr(&["waiting for shield"]);
    app.assert_running_without("P+");
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_in_order(&["accepted", "R dropped", "W-", "P+", "P-"]);
}

#[test]
fn row_24_second_sigint_while_a_worker_is_shielded() {
    while_a_worker_is_shielded("worker=own:ledger,hang");
    while_a_worker_is_shielded("worker=call:ledger,hang");
}

/// A shield in `run` itself holds the dropping of `run` back. Insisting names the shield, and `run` is dropped
/// right after it.
#[test]
fn an_inline_shield_holds_run_back() {
    let scripts = [
        ("run=accepted,say:in,call:f,hang", "inline"),
        (
            "run=accepted,say:in,shield:ledger,line,unshield,hang",
            "ledger",
        ),
    ];
    for (run, name) in scripts {
        let mut app = phases(&[run, "f=line,say:whole"]).spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        app.expect("in");
        pause_past_debounce();
        app.send_signal(SIGINT);
        app.expect_stderr(&["waiting for shield", name]);
        app.assert_running_without("R dropped");
        app.send_line("go");
        app.wait()
            .assert_signal(SIGINT)
            .assert_in_order(&["in", "R dropped", "P+", "P-"])
            .assert_never("R-");
    }
}

/// A shielded function that owns its arguments holds back only `stop`, since it is a task of its own.
#[test]
fn an_owned_shield_does_not_hold_run_back() {
    let mut app = phases(&["run=accepted,own:f", "f=say:in,line,say:whole"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("in");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.expect("R dropped");
    app.assert_running_without("P+");
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_in_order(&["in", "R dropped", "whole", "P+", "P-"]);
}

#[test]
fn row_34_run_takes_too_long() {
    let script = ["run=accepted,hang", "timeout-run=400"];
    on_time(&script, &GIVEN_UP, "run", |app| {
        app.expect("R+");
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        asked
    });
}

/// A `run` that takes too long does not cut a shield. The time of `stop` limits how long the shield may hold up
/// the end.
#[test]
fn row_34_a_shield_when_run_takes_too_long() {
    for bound in [&[][..], &["timeout-stop=15000"]] {
        let script = [
            "start=spawn:worker,pass:in",
            "worker=shield:ledger,open:in,line,say:W-,unshield",
            "run=accepted,hang",
            "timeout-run=400",
        ];
        let mut app = phases(&[&script, bound].concat()).spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect_stderr(&["run"]);
        app.expect("R dropped");
        app.assert_running_without("W-");
        app.send_line("go");
        app.wait().assert_code(124).assert_stdout(&[
            "S+",
            "S-",
            "R+",
            "accepted",
            "R dropped",
            "W-",
            "P+",
            "P-",
        ]);
    }
}

/// A `run` that takes too long does not cut a shield of its own. If `stop` has no time limit, the shield is
/// waited for until it ends. Otherwise it is waited for until that limit.
#[test]
fn row_34_an_inline_shield_in_run() {
    let script = [
        "run=accepted,shield:ledger,say:in,line,unshield,hang",
        "timeout-run=400",
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("in");
    app.expect_stderr(&["timeout(run)"]);
    app.assert_running_without("R dropped");
    app.send_line("go");
    app.wait()
        .assert_code(124)
        .assert_in_order(&["in", "R dropped", "P+", "P-"]);

    let started = Instant::now();
    let bounded = [&script[..], &["timeout-stop=400"]].concat();
    let mut app = phases(&bounded).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    let output = app.wait();
    output
        .assert_code(124)
        .assert_stdout(&["S+", "S-", "R+", "accepted", "in"])
        .assert_stderr(&["ledger"]);
    output.assert(
        output.duration_since(started) >= 2 * LIMIT,
        "the time of stop was not over yet",
    );
}

/// A callback that still runs when `run` has ended is waited for. Insisting gives it up.
#[cfg(unix)]
#[test]
fn a_callback_is_given_up_too() {
    let script = ["reload", "run=wait", "reload=say:in,accepted,hang"];
    let mut app = scene(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGHUP);
    app.expect("in");
    app.send_signal(SIGINT);
    app.expect_all(&["R-", "accepted"]);
    pause_past_debounce();
    app.assert_running_without("P+");
    app.send_signal(SIGINT);
    app.wait()
        .assert_signal(SIGINT)
        .assert_in_order(&["reload+", "in", "R-", "P+", "P-"])
        .assert_never("reload-");
}

#[test]
fn a_panic_while_run_is_dropped_is_one_of_run() {
    let mut app = phases(&["run=accepted,bomb,hang"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.wait()
        .assert_code(101)
        .assert_in_order(&["accepted", "P+", "P-"])
        .assert_stderr_once(&["dropped with run"]);
}

/// The way in which `run` has ended counts, even if a callback beside it has to be given up.
#[cfg(unix)]
#[test]
fn what_run_has_come_to_is_not_lost() {
    let reload = "reload=say:in,hang";
    for (end, code, complaint) in [("panic:torn", 101, "torn"), ("err:full", 1, "full")] {
        let run = format!("run=line,{end}");
        let mut app = scene(&["reload", &run, reload]).spawn();
        app.expect("R+");
        app.send_signal(SIGHUP);
        app.expect("in");
        app.send_line("go");
        if code == 101 {
            app.expect_stderr(&[complaint]);
        }
        app.send_signal(SIGINT);
        pause_past_debounce();
        app.send_signal(SIGINT);
        app.wait()
            .assert_code(code)
            .assert_stderr_once(&[complaint]);
    }
}
