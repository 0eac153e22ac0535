//! With what status the process leaves.

#[cfg(unix)]
use aplomb_testing::Signal::SIGQUIT;
use aplomb_testing::Signal::{self, SIGHUP, SIGINT, SIGTERM};
use aplomb_testing::{Output, Sink};

use super::start_stop::WHOLE;
use crate::programs::phases;
#[cfg(unix)]
use crate::programs::scene;

/// Runs an app whose `run` gets this signal and then ends as the script says.
fn after(signal: Signal, script: &[&str]) -> Output {
    let mut app = phases(script).spawn();
    app.expect("R+");
    app.send_signal(signal);
    app.wait()
}

#[test]
fn row_14_run_returns_ok_after_sigterm() {
    after(SIGTERM, &["run=wait,ok"])
        .assert_signal(SIGTERM)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
}

#[test]
fn row_15_run_returns_a_code() {
    phases(&["run=code:3"])
        .spawn()
        .wait()
        .assert_code(3)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
    after(SIGTERM, &["run=wait,code:3"])
        .assert_code(3)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
    after(SIGINT, &["run=wait,code:3"])
        .assert_code(3)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
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
            .assert_signal(SIGINT)
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
        after(SIGINT, &["run=sleep:60000,checkpoint?", error])
            .assert_signal(SIGINT)
            .assert_stdout(&["S+", "S-", "R+", "sleep Err(Cancelled)", "R-", "P+", "P-"])
            .assert_no_stderr();
    }
    // An enum of the program's own that wraps it and nothing else.
    after(SIGINT, &["run=wait,checkpoint?"])
        .assert_signal(SIGINT)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
}

#[test]
fn row_17_run_fails_after_sigint() {
    after(SIGINT, &["run=wait,err:half sent"])
        .assert_code(1)
        .assert_stdout(&WHOLE)
        .assert_stderr_once(&["Error: Text(\"half sent\")"]);
    for error in ["error=boxed", "error=boxed-sync", "error=anyhow"] {
        after(SIGINT, &["run=wait,err:half sent", error])
            .assert_code(1)
            .assert_stdout(&WHOLE)
            .assert_stderr_once(&["half sent"]);
    }
    // What was lost is not hidden by the cancellation beside it.
    after(SIGINT, &["run=wait,checkpoint?", "error=several"])
        .assert_code(1)
        .assert_stdout(&WHOLE)
        .assert_stderr_once(&["the disk is full"]);
}

#[test]
fn row_18_stop_fails_after_sigterm() {
    after(SIGTERM, &["run=wait", "stop=err:not saved"])
        .assert_code(1)
        .assert_stdout(&WHOLE)
        .assert_stderr_once(&["Error: Text(\"not saved\")"]);
}

#[test]
fn row_19_stop_panics() {
    let lines = ["S+", "S-", "R+", "R-", "P+"];
    phases(&["run=ok", "stop=panic:torn"])
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&lines)
        .assert_stderr_once(&["torn"]);
    after(SIGTERM, &["run=wait", "stop=panic:torn"])
        .assert_code(101)
        .assert_stdout(&lines)
        .assert_stderr_once(&["torn"]);
}

/// SIGQUIT stays what it is without us.
#[cfg(unix)]
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
        app.send_signal(SIGQUIT);
        app.wait()
            .assert_signal(SIGQUIT)
            .assert_stdout(lines)
            .assert_no_stderr();
    }
    let mut app = scene(&["body"]).spawn();
    app.expect("B+");
    app.send_signal(SIGQUIT);
    app.wait()
        .assert_signal(SIGQUIT)
        .assert_stdout(&["B+"])
        .assert_no_stderr();
    // A shield is no help against it, and a request that is under way neither.
    let mut app = phases(&["run=accepted,shield:held,say:in,line"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("in");
    app.send_signal(SIGQUIT);
    app.wait()
        .assert_signal(SIGQUIT)
        .assert_stdout(&["S+", "S-", "R+", "accepted", "in"])
        .assert_no_stderr();
}

/// The other ways to speak of a signal, which an app may choose.
#[test]
fn exit_option() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        after(signal, &["run=wait", "exit=code"])
            .assert_code(128 + signal as i32)
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
        after(signal, &["run=wait", "exit=success"])
            .assert_code(0)
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
    }
    // A failure is told in any case.
    after(SIGTERM, &["run=wait", "stop=err:not saved", "exit=success"])
        .assert_code(1)
        .assert_stdout(&WHOLE);
}

/// What was written without a newline is not lost with the process.
#[test]
fn row_63_output_without_newline() {
    let lines = ["S+", "S-", "R+", "R-", "x"];
    let script = ["run=wait", "stop=print:x", "quiet=P"];
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        after(signal, &script)
            .assert_signal(signal)
            .assert_stdout(&lines)
            .assert_no_stderr();
    }
}

#[test]
fn row_64_stdout_has_no_reader() {
    let script = [
        "stop=complain:P+,print:x,say:y,print:x,complain:P-",
        "run=line",
    ];
    let mut app = phases(&script).stdout(Sink::Closed).spawn();
    app.send_line("go");
    let output = app.wait();
    output.assert_code(0);
    output.assert(output.stderr() == ["P+", "P-"], "stop was to complete");

    let script = [
        "stop=complain:P+,print:x,say:y,print:x,complain:P-",
        "run=complain:R+,wait",
    ];
    let mut app = phases(&script).stdout(Sink::Closed).spawn();
    app.expect_stderr(&["R+"]);
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    output.assert(
        output.stderr() == ["R+", "P+", "P-"],
        "stop was to complete",
    );
}
