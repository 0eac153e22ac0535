//! Functions that are called on every way out.

use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};

use crate::support::{Ending, Program, phases};

/// Registers `one`, `two` and `three`; `two` takes as long as the test wants.
fn with_functions(script: &[&str], two: &str) -> Program {
    phases(script).args(&[
        "start=at-exit:one,at-exit:two,at-exit:three",
        "one=say:1+,say:1-",
        two,
        "three=say:3+,say:3-",
    ])
}

const QUICK: &str = "two=say:2+,say:2-";
const SLOW: &str = "two=say:2+,line,say:2-";

/// Last first, once each, whole, and nothing after them.
fn all_three(ending: &Ending) -> &Ending {
    let said = ending.stdout();
    let from = said.len().saturating_sub(6);
    ending.check(
        said[from..] == ["3+", "3-", "2+", "2-", "1+", "1-"],
        "the exit functions were due at the end, last first",
    );
    for line in ["3+", "2+", "1+"] {
        ending.once(line);
    }
    ending
}

#[test]
fn row_72_normal_end() {
    let ending = with_functions(&["run=ok"], QUICK).spawn().finish();
    all_three(&ending)
        .exited(0)
        .in_order(&["R-", "P+", "P-", "3+"])
        .quiet();
}

#[test]
fn row_72_code() {
    let ending = with_functions(&["run=code:9"], QUICK).spawn().finish();
    all_three(&ending).exited(9).in_order(&["P-", "3+"]).quiet();
}

#[test]
fn row_72_process_exit() {
    let ending = with_functions(&["run=exit:3"], QUICK).spawn().finish();
    all_three(&ending).exited(3).never("P+").quiet();
    // On a thread that is not the app's.
    let ending = with_functions(&["run=spawn:quitter,hang", "quitter=exit:3"], QUICK)
        .spawn()
        .finish();
    all_three(&ending).exited(3).never("P+").quiet();
}

#[test]
fn row_72_panic_in_run() {
    let ending = with_functions(&["run=panic:torn"], QUICK).spawn().finish();
    all_three(&ending).exited(101).in_order(&["P+", "P-", "3+"]);
}

#[test]
fn row_72_panic_in_stop() {
    let ending = with_functions(&["run=ok", "stop=panic:torn"], QUICK)
        .spawn()
        .finish();
    all_three(&ending).exited(101).in_order(&["P+", "3+"]);
}

#[test]
fn row_72_each_shutdown_signal() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let mut app = with_functions(&["run=wait"], QUICK).spawn();
        app.expect("R+");
        app.signal(signal);
        let ending = app.finish();
        all_three(&ending)
            .died_by(signal)
            .in_order(&["P-", "3+"])
            .quiet();
    }
}

#[test]
fn row_72_a_signal_during_one() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // The status was settled before: by a signal, a code, a plain end.
        let mut app = with_functions(&["run=wait"], SLOW).spawn();
        app.expect("R+");
        app.signal(SIGTERM);
        app.expect("2+");
        app.signal(signal);
        app.go();
        // Not quiet: a SIGINT that comes late enough asks what is going on.
        all_three(&app.finish()).died_by(SIGTERM);

        for (script, code) in [("run=ok", 0), ("run=code:9", 9), ("run=exit:3", 3)] {
            let mut app = with_functions(&[script], SLOW).spawn();
            app.expect("2+");
            app.signal(signal);
            app.go();
            all_three(&app.finish()).exited(code).quiet();
        }
    }
}
