//! A handful of rows on each executor.

use std::time::Instant;

use aplomb_testing::{Command, assert_best_of};
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::named::{Case, each_is_named, ends_by_itself};
use super::start_stop::{AT_ONCE, WHOLE};
use crate::programs::{On, phases_on, scene};
use crate::support::pause_past_debounce;

const EXECUTORS: [On; 6] = [
    On::Tokio,
    On::TokioCurrentThread,
    On::Runtime,
    On::BareRuntime,
    On::Smol,
    On::Futures,
];

#[test]
fn row_02_sigterm_in_run() {
    for on in EXECUTORS {
        let mut app = phases_on(on, &["run=wait"]).spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.wait()
            .assert_signal(SIGTERM)
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
    }
}

#[test]
fn row_05_signal_in_start() {
    for on in EXECUTORS {
        let script = ["start=accepted,line,say:built", "run=wait"];
        let mut app = phases_on(on, &script).spawn();
        app.expect("S+");
        app.send_signal(SIGINT);
        app.expect("accepted");
        app.send_line("go");
        app.wait()
            .assert_signal(SIGINT)
            .assert_stdout(&["S+", "accepted", "built", "S-", "P+", "P-"])
            .assert_no_stderr();
    }
}

#[test]
fn row_13_run_panics() {
    for on in EXECUTORS {
        phases_on(on, &["run=panic:no idea"])
            .spawn()
            .wait()
            .assert_code(101)
            .assert_stdout(&["S+", "S-", "R+", "P+", "P-"])
            .assert_stderr_once(&["no idea"]);
    }
}

#[test]
fn row_22_second_sigint_drops_a_deaf_run() {
    for on in EXECUTORS {
        assert_best_of(3, AT_ONCE, || {
            let mut app = phases_on(on, &["run=accepted,hang"]).spawn();
            app.expect("R+");
            app.send_signal(SIGINT);
            app.expect("accepted");
            pause_past_debounce();
            let insisted = Instant::now();
            app.send_signal(SIGINT);
            let output = app.wait();
            output
                .assert_signal(SIGINT)
                .assert_stdout(&["S+", "S-", "R+", "accepted", "R dropped", "P+", "P-"])
                .assert_no_stderr();
            output.duration_since(insisted)
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
        app.send_signal(SIGTERM);
        app.wait()
            .assert_signal(SIGTERM)
            .assert_in_order(&["in", "checkpoint Ok", "sleep Ok", "wait-timeout false"])
            .assert_in_order(&[
                "checkpoint Err(Cancelled)",
                "sleep Err(Cancelled)",
                "wait-timeout true",
                "R-",
                "P+",
            ])
            .assert_no_stderr();
    }
}

#[test]
fn row_40_a_value_that_was_computed_is_delivered() {
    for on in [
        "on=tokio",
        "on=tokio-current-thread",
        "on=runtime",
        "on=smol",
        "on=futures",
    ] {
        let mut app = scene(&["outcomes", "shield=inline", on]).spawn();
        app.expect("ready");
        app.send_signal(SIGINT);
        app.send_line("go");
        app.wait()
            .assert_signal(SIGINT)
            .assert_in_order(&["ready", "value Some(42) open"]);
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
        app.assert_running_without("P+");
        app.send_line("go");
        app.wait()
            .assert_code(0)
            .assert_in_order(&["R-", "W-", "P+", "P-"])
            .assert_no_stderr();
    }
}

/// The process does not end without a word.
#[test]
fn an_executor_that_runs_nothing() {
    for on in [On::Dropping, On::Forgetting] {
        phases_on(on, &["run=ok"])
            .spawn()
            .wait()
            .assert_code(101)
            .assert_stdout(&[])
            .assert_stderr_once(&["Error: the executor has returned before the app has ended"]);
    }
}

/// The script of a thread that keeps the app from its next step, until a line comes. `pass:in` waits until it does.
pub(super) const KEEPER: &str = "keeper=shield:ledger,open:in,line,unshield";

/// The phases go where they wait for the next step, before the listener commands that step or after it. There is such a
/// wait, since a thread holds a shield.
#[test]
fn row_193_the_executor_loses_the_phases_between_two_steps() {
    let lost = "Error: the executor has returned before the app has ended";
    let cases = [
        (On::Impatient, "late=say:lost", lost),
        (On::Impatient, "late=say:lost,until:stopping", lost),
        (On::BareRuntime, "park=say:lost,panic:no luck", "no luck"),
        (
            On::BareRuntime,
            "park=say:lost,until:stopping,panic:no luck",
            "no luck",
        ),
    ];
    for (on, loses, said) in cases {
        let script = [
            "start=at-exit:exit,thread:keeper,pass:in",
            "exit=say:E",
            KEEPER,
            "run=wait",
            loses,
        ];
        let mut app = phases_on(on, &script).spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect("lost");
        app.send_line("go");
        app.wait()
            .assert_code(101)
            // The hook may come before the end of `run`, where that thread was about to park as the signal came.
            .assert_in_order(&["R+", "lost", "E"])
            .assert_never("P+")
            .assert_stderr_once(&[said]);
    }
}

/// An executor that forks, and goes on in the child: it polls the phases there, or returns.
#[test]
fn row_172_the_executor_forks() {
    let mut app = phases_on(On::Interrupted, &["run=line", "late=fork:it"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("it exited 1");
    app.send_line("go");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "S-", "R+", "it exited 1", "R-", "P+", "P-"])
        .assert_stderr_once(&["this is a forked child of an app"]);
    // There is a wait between two steps, since a thread holds a shield.
    let script = [
        "start=thread:keeper,pass:in",
        KEEPER,
        "run=wait",
        "late=fork:it",
    ];
    let mut app = phases_on(On::Impatient, &script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("it exited 1");
    app.send_line("go");
    app.wait()
        .assert_code(101)
        .assert_stdout(&["S+", "S-", "R+", "R-", "it exited 1"])
        .assert_stderr_once(&["this is a forked child of an app"]);
}

fn slow(script: &[&str]) -> Command {
    phases_on(On::Slow, script)
}

#[test]
fn row_148_an_executor_takes_long() {
    let begins = "the executor, which has not begun";
    let ends = "the executor, which drops its tasks or waits for its threads";
    let outputs = each_is_named(vec![
        Case::new(begins, slow(&["early=request:enough,line"]), ends_by_itself),
        Case::new(ends, slow(&["run=ok", "late=line"]), ends_by_itself),
        Case::new(ends, slow(&["run=wait", "late=line"]), |app| {
            app.expect("R+");
            app.send_signal(SIGTERM);
        }),
    ]);
    let ends: Vec<_> = outputs
        .iter()
        .map(|output| (output.code(), output.signal()))
        .collect();
    let (well, by_signal) = ((Some(0), None), (None, Some(SIGTERM as i32)));
    assert_eq!(ends, [well, well, by_signal]);
}

#[test]
fn row_148_the_user_insists_while_an_executor_ends() {
    let script = ["run=wait", "late=say:late,block", "force-after=3"];
    let mut app = slow(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("late");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.expect_stderr(&["the executor, which drops its tasks", "for 0."]);
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.wait()
        .assert_signal(SIGINT)
        .assert_in_order(&["R+", "P+", "P-", "late"]);
}

/// The phases are over, and the exit status is still to come.
#[test]
fn row_193_an_executor_panics_behind_the_phases() {
    for run in ["run=ok", "run=request-exit:3"] {
        let start = ["start=at-exit:bye", "bye=say:bye"];
        slow(&[run, "late=panic:no luck"])
            .args(start)
            .spawn()
            .wait()
            .assert_code(101)
            .assert_in_order(&["P+", "P-", "bye"])
            .assert_stderr_once(&["no luck"]);
    }
}

#[test]
fn row_195_an_executor_never_begins_or_ends() {
    slow(&["early=request:enough,block", "deadline=700"])
        .spawn()
        .wait()
        .assert_code(124)
        .assert_stdout(&[])
        .assert_stderr(&["deadline of 700ms", "the executor has not begun"]);
    slow(&["run=ok", "late=block", "deadline=700"])
        .spawn()
        .wait()
        .assert_code(124)
        .assert_in_order(&["P+", "P-"])
        .assert_stderr(&["deadline of 700ms", "the executor has not ended"]);
}
