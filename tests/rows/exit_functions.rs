//! Functions that are called on every way out.

use aplomb_testing::{Command, Output};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};

use crate::programs::phases;

/// Registers `one`, `two` and `three`; `two` takes as long as the test wants.
fn with_functions(script: &[&str], two: &str) -> Command {
    phases(script).args([
        "start=at-exit:one,at-exit:two,at-exit:three",
        "one=say:1+,say:1-",
        two,
        "three=say:3+,say:3-",
    ])
}

const QUICK: &str = "two=say:2+,say:2-";
const SLOW: &str = "two=say:2+,line,say:2-";

/// Last first, once each, whole, and nothing after them.
fn all_three(output: &Output) -> &Output {
    let said = output.stdout();
    let from = said.len().saturating_sub(6);
    output.assert(
        said[from..] == ["3+", "3-", "2+", "2-", "1+", "1-"],
        "the exit functions were due at the end, last first",
    );
    for line in ["3+", "2+", "1+"] {
        output.assert_once(line);
    }
    output
}

#[test]
fn row_72_normal_end() {
    let output = with_functions(&["run=ok"], QUICK).spawn().wait();
    all_three(&output)
        .assert_code(0)
        .assert_in_order(&["R-", "P+", "P-", "3+"])
        .assert_no_stderr();
}

#[test]
fn row_72_code() {
    let output = with_functions(&["run=code:9"], QUICK).spawn().wait();
    all_three(&output)
        .assert_code(9)
        .assert_in_order(&["P-", "3+"])
        .assert_no_stderr();
}

#[test]
fn row_72_process_exit() {
    let output = with_functions(&["run=exit:3"], QUICK).spawn().wait();
    all_three(&output)
        .assert_code(3)
        .assert_never("P+")
        .assert_no_stderr();
    // On a thread that is not the app's.
    let output = with_functions(&["run=spawn:quitter,hang", "quitter=exit:3"], QUICK)
        .spawn()
        .wait();
    all_three(&output)
        .assert_code(3)
        .assert_never("P+")
        .assert_no_stderr();
}

#[test]
fn row_72_panic_in_run() {
    let output = with_functions(&["run=panic:torn"], QUICK).spawn().wait();
    all_three(&output)
        .assert_code(101)
        .assert_in_order(&["P+", "P-", "3+"]);
}

#[test]
fn row_72_panic_in_stop() {
    let output = with_functions(&["run=ok", "stop=panic:torn"], QUICK)
        .spawn()
        .wait();
    all_three(&output)
        .assert_code(101)
        .assert_in_order(&["P+", "3+"]);
}

#[test]
fn row_72_each_shutdown_signal() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let mut app = with_functions(&["run=wait"], QUICK).spawn();
        app.expect("R+");
        app.send_signal(signal);
        let output = app.wait();
        all_three(&output)
            .assert_signal(signal)
            .assert_in_order(&["P-", "3+"])
            .assert_no_stderr();
    }
}

#[test]
fn row_72_a_signal_during_one() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // The status was settled before: by a signal, a code, a plain end.
        let mut app = with_functions(&["run=wait"], SLOW).spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect("2+");
        app.send_signal(signal);
        app.send_line("go");
        // Not quiet: a SIGINT that comes late enough asks what is going on.
        all_three(&app.wait()).assert_signal(SIGTERM);

        for (script, code) in [("run=ok", 0), ("run=code:9", 9), ("run=exit:3", 3)] {
            let mut app = with_functions(&[script], SLOW).spawn();
            app.expect("2+");
            app.send_signal(signal);
            app.send_line("go");
            all_three(&app.wait()).assert_code(code).assert_no_stderr();
        }
    }
}
