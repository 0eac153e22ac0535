//! Regions that are never cut.

use super::kinds::{Died, app, on_both, press, scene};
use crate::support::pause_past_debounce;

#[test]
fn row_39_an_event_in_a_shielded_function() {
    on_both(|on| {
        let script = [
            "run=call:f,checkpoint",
            "f=say:in,truth,checkpoint,say:done",
        ];
        let mut app = app(on, &script).spawn();
        app.expect("in");
        press(&app);
        app.wait()
            .assert_died()
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
    });
}

#[test]
fn row_40_and_42_ways_out_of_a_shielded_function() {
    on_both(|on| {
        let mut app = scene(on, "outcomes").spawn();
        app.expect("ready");
        press(&app);
        app.send_line("go");
        app.wait().assert_died().assert_in_order(&[
            "ready",
            "value Some(42) open",
            "question mark Err(\"invalid digit found in string\") open",
            "early left early open",
            "panic Some(1234) open",
        ]);
    });
}

#[test]
fn row_41_shielded_inside_shielded() {
    on_both(|on| {
        let script = [
            "run=call:outer,checkpoint",
            "outer=call:inner,checkpoint,shield:third,checkpoint,unshield,checkpoint",
            "inner=say:in,truth,checkpoint",
        ];
        let mut app = app(on, &script).spawn();
        app.expect("in");
        press(&app);
        let output = app.wait();
        output.assert_died().assert_in_order(&[
            "in",
            "inner Ok",
            "outer Ok",
            "checkpoint Err(Cancelled)",
            "P-",
        ]);
        output.assert_times("checkpoint Ok", 4);
    });
}

#[test]
fn row_43_a_worker_is_shielded_when_run_returns() {
    on_both(|on| {
        let script = [
            "start=spawn:worker,pass:in",
            "worker=shield:ledger,say:W+,open:in,line,say:W-,unshield",
            "run=ok",
        ];
        let mut app = app(on, &script).spawn();
        app.expect("R-");
        app.expect_stderr(&["ledger"]);
        app.assert_running_without("P+");
        app.send_line("go");
        app.wait()
            .assert_code(0)
            .assert_in_order(&["R-", "W-", "P+", "P-"]);
    });
}

/// The program's `process::exit` waits for the shields of others.
#[test]
fn row_65_exit_beside_a_shield() {
    on_both(|on| {
        let worker = if on.is_tasks() {
            "worker=call:f,hang"
        } else {
            "worker=shield:ledger,open:begun,say:half,line,say:whole,unshield,hang"
        };
        let script = [
            "run=at-exit:bye,spawn:worker,pass:begun,thread:quitter,hang",
            worker,
            "f=open:begun,say:half,line,say:whole",
            "quitter=say:quits,exit:5",
            "bye=say:bye",
        ];
        let mut app = app(on, &script).spawn();
        app.expect_all(&["half", "quits"]);
        // The shield is named after a second, so it is waited for.
        app.expect_stderr(&["waiting for shield"]);
        app.assert_running_without("whole");
        app.send_line("go");
        app.wait()
            .assert_code(5)
            .assert_in_order(&["half", "whole", "bye"])
            .assert_never("P+");
    });
}

#[test]
fn row_136_insisting_while_run_is_in_a_shield() {
    on_both(|on| {
        let script = ["run=accepted,shield:ledger,say:in,line,say:whole,unshield"];
        let mut app = app(on, &script).spawn();
        app.expect("R+");
        press(&app);
        app.expect("in");
        pause_past_debounce();
        press(&app);
        app.expect_stderr(&["waiting for shield `ledger`"]);
        app.assert_running_without("whole");
        app.send_line("go");
        app.wait()
            .assert_died()
            .assert_in_order(&["in", "whole", "P+", "P-"]);
    });
}
