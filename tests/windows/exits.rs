//! Exits that the app does not conduct: by itself Windows ends the other threads first.

use super::kinds::{app, on_both};

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
