//! Regions that are never cut.

use std::fs;
use std::time::Duration;

use aplomb_testing::Signal::{SIGINT, SIGTERM};
use aplomb_testing::{Capability, Child, assert_best_of, wait_until};

use super::start_stop::AT_ONCE;
use crate::ON;
use crate::programs::{phases, scene};
use crate::support::available;

/// Spawns an app whose `run` says `in` inside what the row is about; the request comes there.
fn asked_inside(script: &[&str]) -> Child {
    let mut app = phases(script).spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app
}

#[test]
fn row_39_signal_in_a_shielded_function() {
    asked_inside(&[
        "run=call:f,checkpoint",
        "f=say:in,truth,checkpoint,say:done",
    ])
    .wait()
    .assert_signal(SIGTERM)
    .assert_stdout(&[
        "S+",
        "S-",
        "R+",
        "in",
        "checkpoint Ok",
        "done",
        "f Ok",
        "checkpoint Err(Cancelled)",
        "R-",
        "P+",
        "P-",
    ])
    .assert_no_stderr();
}

/// Every interruption point, inside and right after.
#[test]
fn row_39_interruption_points() {
    let points = "checkpoint,sleep:1,wait-timeout:1";
    asked_inside(&[&format!(
        "run=shield:s,say:in,truth,{points},unshield,checkpoint,sleep:60000,wait-timeout:60000,wait"
    )])
    .wait()
    .assert_signal(SIGTERM)
    .assert_stdout(&[
        "S+",
        "S-",
        "R+",
        "in",
        "checkpoint Ok",
        "sleep Ok",
        "wait-timeout false",
        "checkpoint Err(Cancelled)",
        "sleep Err(Cancelled)",
        "wait-timeout true",
        "R-",
        "P+",
        "P-",
    ])
    .assert_no_stderr();
}

#[test]
fn row_40_and_42_ways_out_of_a_shielded_function() {
    let mut app = scene(&["outcomes"]).spawn();
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
fn row_41_shielded_inside_shielded() {
    asked_inside(&[
        "run=call:outer,checkpoint",
        "outer=call:inner,checkpoint,shield:third,checkpoint,unshield,checkpoint",
        "inner=say:in,truth,checkpoint",
    ])
    .wait()
    .assert_signal(SIGTERM)
    .assert_stdout(&[
        "S+",
        "S-",
        "R+",
        "in",
        "checkpoint Ok",
        "inner Ok",
        "checkpoint Ok",
        "checkpoint Ok",
        "checkpoint Ok",
        "outer Ok",
        "checkpoint Err(Cancelled)",
        "R-",
        "P+",
        "P-",
    ])
    .assert_no_stderr();
}

#[test]
fn row_42_a_panic_leaves_the_shields() {
    asked_inside(&[
        "run=catch:f,pending,checkpoint,call:g,checkpoint",
        "f=say:in,truth,shield:a,shield:b,panic:torn",
        "g=shield:c,err:early",
    ])
    .wait()
    .assert_signal(SIGTERM)
    .assert_stdout(&[
        "S+",
        "S-",
        "R+",
        "in",
        "caught torn",
        "pending ",
        "checkpoint Err(Cancelled)",
        "g Err",
        "checkpoint Err(Cancelled)",
        "R-",
        "P+",
        "P-",
    ]);
}

/// Nor does a worker that panicked hold anything up.
#[test]
fn row_42_a_worker_panics_in_a_shield() {
    phases(&[
        "start=spawn:worker,join:worker",
        "worker=shield:ledger,panic:torn",
        "run=pending",
    ])
    .spawn()
    .wait()
    .assert_code(0)
    .assert_stdout(&["S+", "S-", "R+", "pending ", "R-", "P+", "P-"])
    .assert_stderr_once(&["torn"]);
}

#[test]
fn row_43_a_worker_is_shielded_when_run_returns() {
    let mut app = phases(&[
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,say:W+,open:in,line,say:W-,unshield",
        "run=ok",
    ])
    .spawn();
    app.expect("R-");
    // After a second it says who holds it up, where, and since when: so it waits.
    let line = app.expect_stderr(&["ledger", "steps.rs:"]);
    assert!(line.contains('s'), "no age in {line:?}");
    app.assert_running_without("P+");
    app.send_line("go");
    app.wait()
        .assert_code(0)
        .assert_stdout(&["S+", "W+", "S-", "R+", "R-", "W-", "P+", "P-"]);
}

/// Who holds it up is named after 1 s and after 5 s.
#[test]
fn the_holder_is_named_again() {
    let mut app = phases(&[
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,line,unshield",
        "run=ok",
    ])
    .spawn();
    let holder = if ON.is_tasks() { "in task " } else { "worker" };
    let ended = app.expect("R-");
    app.expect_stderr(&["ledger", holder]);
    let first = ended.elapsed();
    app.expect_stderr(&["ledger", holder]);
    let second = ended.elapsed();
    app.send_line("go");
    app.wait()
        .assert_code(0)
        .assert_in_order(&["R-", "P+", "P-"]);
    assert!(
        first >= Duration::from_millis(950),
        "named already after {first:?}"
    );
    assert!(
        second >= Duration::from_millis(4900),
        "named again already after {second:?}"
    );
}

#[test]
fn row_44_a_shielded_worker_does_not_keep_the_request_from_run() {
    assert_best_of(3, AT_ONCE, || {
        let mut app = phases(&[
            "start=spawn:worker,pass:in",
            "worker=shield:ledger,checkpoint,open:in,line,checkpoint,unshield,checkpoint",
            "run=wait,say:seen",
            "stop=join:worker",
        ])
        .spawn();
        app.expect("R+");
        let asked = std::time::Instant::now();
        app.send_signal(SIGTERM);
        let seen = app.expect("seen");
        app.expect("R-");
        app.assert_running_without("P+");
        app.send_line("go");
        app.wait()
            .assert_signal(SIGTERM)
            // Before the request; inside after it; and outside.
            .assert_in_order(&[
                "checkpoint Ok",
                "seen",
                "checkpoint Ok",
                "checkpoint Err(Cancelled)",
            ])
            .assert_in_order(&["R-", "P+", "P-"]);
        seen.saturating_duration_since(asked)
    });
}

#[cfg(unix)]
#[test]
fn row_45_a_shield_is_not_entered_after_the_exit_began() {
    if !available(Capability::Linux, "row_45") {
        return;
    }
    for _ in 0..20 {
        scene(&["late"])
            .spawn()
            .wait()
            .assert_code(0)
            .assert_stdout(&["R+", "P+", "exit+", "exit-"])
            .assert_no_stderr();
    }
}

#[test]
fn row_46_the_truth_and_the_view() {
    asked_inside(&[
        "run=requested,checkpoint,shield:s,requested,checkpoint,say:in,truth,requested,checkpoint,unshield,requested,checkpoint",
    ])
    .wait()
    .assert_signal(SIGTERM)
    .assert_stdout(&[
        "S+",
        "S-",
        "R+",
        "requested false",
        "checkpoint Ok",
        "requested false",
        "checkpoint Ok",
        "in",
        "requested true",
        "checkpoint Ok",
        "requested true",
        "checkpoint Err(Cancelled)",
        "R-",
        "P+",
        "P-",
    ])
    .assert_no_stderr();
}

#[test]
fn row_47_a_thread_that_is_spawned_inside_is_not_shielded() {
    asked_inside(&[
        "run=shield:s,say:in,truth,spawn:other,join:other,checkpoint",
        "other=checkpoint",
    ])
    .wait()
    .assert_signal(SIGTERM)
    .assert_stdout(&[
        "S+",
        "S-",
        "R+",
        "in",
        "checkpoint Err(Cancelled)",
        "checkpoint Ok",
        "R-",
        "P+",
        "P-",
    ])
    .assert_no_stderr();
}

#[cfg(unix)]
#[test]
fn row_65_exit_on_another_thread() {
    if !available(Capability::Linux, "row_65") {
        return;
    }
    let mut app = phases(&[
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,say:W+,open:in,line,say:W-,unshield,hang",
        "run=thread:quitter,hang",
        "quitter=say:quits,exit:5",
    ])
    .spawn();
    app.expect("W+");
    app.expect("quits");
    // Either it sleeps, held up by the worker, or it has ended, which is then seen below.
    wait_until("the exit is held up", || {
        app.has_exited()
            || app
                .process()
                .threads()
                .iter()
                .any(|task| task.name == "quitter" && task.state == 'S')
    });
    app.assert_running_without("W-");
    app.send_line("go");
    app.wait()
        .assert_code(5)
        .assert_once("W-")
        .assert_never("P+")
        .assert_never("R-");
}

/// One's own shield, that of a phase or of a function, is no reason to wait.
#[test]
fn row_65_exit_inside_a_shield() {
    let cases: [(&[&str], &[&str]); 3] = [
        (&["start=exit:5"], &["S+"]),
        (&["run=call:f", "f=exit:5"], &["S+", "S-", "R+"]),
        (&["run=ok", "stop=exit:5"], &["S+", "S-", "R+", "R-", "P+"]),
    ];
    for (script, lines) in cases {
        phases(script)
            .spawn()
            .wait()
            .assert_code(5)
            .assert_stdout(lines)
            .assert_no_stderr();
    }
}

fn relay(join: bool) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let marks = format!("marks={}", folder.path().display());
    let words = ["relay", &marks, if join { "join=yes" } else { "join-not=" }];
    let mut app = scene(&words).spawn();
    app.expect("R+");
    app.send_line("go");
    app.wait()
        .assert_code(0)
        .assert_stdout(&["R+", "P+ true", "P-"])
        .assert_no_stderr();
    let mut files = 0;
    for file in fs::read_dir(folder.path()).expect("the folder is there") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("brackets");
        assert!(text.len() >= 200, "a hundred regions at least");
        assert!(
            text.as_bytes().chunks(2).all(|pair| pair == b"()"),
            "a region was begun and not ended: …{:?}",
            &text[text.len() - 6..]
        );
        files += 1;
    }
    assert_eq!(files, 4);
}

#[cfg(unix)]
#[test]
fn row_76_workers_that_go_from_shield_to_shield() {
    for _ in 0..10 {
        relay(true);
        relay(false);
    }
}
