//! With what status the process leaves.

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use super::start_stop::WHOLE;
use crate::support::{Ending, phases, scene};

/// Runs an app whose `run` gets this signal and then ends as the script says.
fn after(signal: Signal, script: &[&str]) -> Ending {
    let mut app = phases(script).spawn();
    app.expect("R+");
    app.signal(signal);
    app.finish()
}

#[test]
fn row_14_run_returns_ok_after_sigterm() {
    after(SIGTERM, &["run=wait,ok"])
        .died_by(SIGTERM)
        .said(&WHOLE)
        .quiet();
}

#[test]
fn row_15_run_returns_a_code() {
    phases(&["run=code:3"])
        .spawn()
        .finish()
        .exited(3)
        .said(&WHOLE)
        .quiet();
    after(SIGTERM, &["run=wait,code:3"])
        .exited(3)
        .said(&WHOLE)
        .quiet();
    after(SIGINT, &["run=wait,code:3"])
        .exited(3)
        .said(&WHOLE)
        .quiet();
}

#[test]
fn row_16_run_returns_the_cancellation() {
    for error in [
        "error=cancelled",
        "error=boxed",
        "error=boxed-sync",
        "error=anyhow",
    ] {
        after(SIGINT, &["run=wait,checkpoint?", error])
            .died_by(SIGINT)
            .said(&WHOLE)
            .quiet();
        after(SIGINT, &["run=sleep:60000,checkpoint?", error])
            .died_by(SIGINT)
            .said(&["S+", "S-", "R+", "sleep Err(Cancelled)", "R-", "P+", "P-"])
            .quiet();
    }
    // An enum of the program's own that wraps it and nothing else.
    after(SIGINT, &["run=wait,checkpoint?"])
        .died_by(SIGINT)
        .said(&WHOLE)
        .quiet();
}

#[test]
fn row_17_run_fails_after_sigint() {
    after(SIGINT, &["run=wait,err:half sent"])
        .exited(1)
        .said(&WHOLE)
        .complained_once("Error: Text(\"half sent\")");
    for error in ["error=boxed", "error=boxed-sync", "error=anyhow"] {
        after(SIGINT, &["run=wait,err:half sent", error])
            .exited(1)
            .said(&WHOLE)
            .complained_once("half sent");
    }
    // What was lost is not hidden by the cancellation beside it.
    after(SIGINT, &["run=wait,checkpoint?", "error=several"])
        .exited(1)
        .said(&WHOLE)
        .complained_once("the disk is full");
}

#[test]
fn row_18_stop_fails_after_sigterm() {
    after(SIGTERM, &["run=wait", "stop=err:not saved"])
        .exited(1)
        .said(&WHOLE)
        .complained_once("Error: Text(\"not saved\")");
}

#[test]
fn row_19_stop_panics() {
    let lines = ["S+", "S-", "R+", "R-", "P+"];
    phases(&["run=ok", "stop=panic:torn"])
        .spawn()
        .finish()
        .exited(101)
        .said(&lines)
        .complained_once("torn");
    after(SIGTERM, &["run=wait", "stop=panic:torn"])
        .exited(101)
        .said(&lines)
        .complained_once("torn");
}

/// SIGQUIT stays what it is without us.
#[test]
fn row_30_sigquit_in_every_phase() {
    let cases: [(&[&str], &str, &[&str]); 3] = [
        (&["start=line"], "S+", &["S+"]),
        (&["run=line"], "R+", &["S+", "S-", "R+"]),
        (
            &["run=ok", "stop=line"],
            "P+",
            &["S+", "S-", "R+", "R-", "P+"],
        ),
    ];
    for (script, phase, lines) in cases {
        let mut app = phases(script).spawn();
        app.expect(phase);
        app.signal(SIGQUIT);
        app.finish().died_by(SIGQUIT).said(lines).quiet();
    }
    let mut app = scene(&["body"]).spawn();
    app.expect("B+");
    app.signal(SIGQUIT);
    app.finish().died_by(SIGQUIT).said(&["B+"]).quiet();
    // A shield is no help against it, and a request that is under way neither.
    let mut app = phases(&["run=accepted,shield:held,say:in,line"]).spawn();
    app.expect("R+");
    app.signal(SIGTERM);
    app.expect("in");
    app.signal(SIGQUIT);
    app.finish()
        .died_by(SIGQUIT)
        .said(&["S+", "S-", "R+", "accepted", "in"])
        .quiet();
}

/// The other ways to speak of a signal, which an app may choose.
#[test]
fn exit_option() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        after(signal, &["run=wait", "exit=code"])
            .exited(128 + signal as i32)
            .said(&WHOLE)
            .quiet();
        after(signal, &["run=wait", "exit=success"])
            .exited(0)
            .said(&WHOLE)
            .quiet();
    }
    // A failure is told in any case.
    after(SIGTERM, &["run=wait", "stop=err:not saved", "exit=success"])
        .exited(1)
        .said(&WHOLE);
}

/// What was written without a newline is not lost with the process.
#[test]
fn row_63_output_without_newline() {
    let lines = ["S+", "S-", "R+", "R-", "x"];
    let script = ["run=wait", "stop=print:x", "quiet=P"];
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        after(signal, &script).died_by(signal).said(&lines).quiet();
    }
}

#[test]
fn row_64_stdout_has_no_reader() {
    let script = [
        "stop=complain:P+,print:x,say:y,print:x,complain:P-",
        "run=line",
    ];
    let mut app = phases(&script).with_stdout_gone().spawn();
    app.go();
    let ending = app.finish();
    ending.exited(0);
    ending.check(ending.stderr() == ["P+", "P-"], "stop was to complete");

    let script = [
        "stop=complain:P+,print:x,say:y,print:x,complain:P-",
        "run=complain:R+,wait",
    ];
    let mut app = phases(&script).with_stdout_gone().spawn();
    app.expect_complaint(&["R+"]);
    app.signal(SIGTERM);
    let ending = app.finish();
    ending.died_by(SIGTERM);
    ending.check(
        ending.stderr() == ["R+", "P+", "P-"],
        "stop was to complete",
    );
}
