//! Signals of the app that other code in the process has taken by the end of `start`.

use aplomb_testing::{Capability, Command, Output};
use nix::sys::signal::Signal::SIGHUP;

use crate::programs::phases;
use crate::support::available;

const TERM: &str = "aplomb: SIGTERM is now handled by other code in the process, such as the crate `ctrlc`; \
                    the app hears of it only if that code passes it on";

fn ended(app: Command) -> Output {
    let output = app.spawn().wait();
    output.assert_code(0);
    output
}

fn assert_named(script: &[&str], lines: &[&str]) {
    let output = ended(phases(script));
    output.assert(output.stderr() == lines, &format!("{lines:?} was due"));
}

#[test]
fn row_176_signals_that_are_taken_in_start_are_named() {
    if !available(Capability::Linux, "row_176") {
        return;
    }
    assert_named(&["start=take:TERM"], &[TERM]);
    assert_named(
        &["start=take:TERM+INT+HUP"],
        &[
            "aplomb: SIGINT, SIGTERM and SIGHUP are now handled by other code in the process, such as the crate `ctrlc`; \
             the app hears of them only if that code passes them on",
        ],
    );
    assert_named(
        &["start=take:USR1", "usr1="],
        &[
            "aplomb: SIGUSR1 is now handled by other code in the process, such as the crate `ctrlc`; \
             the app hears of it only if that code passes it on",
        ],
    );
    assert_named(
        &["start=take:CHLD", "reap-orphans=yes"],
        &[
            "aplomb: SIGCHLD is now handled by other code in the process, such as the crate `ctrlc`; \
             the app hears of it only if that code passes it on",
        ],
    );
    assert_named(
        &["start=take-default:INT,take-ignored:TERM"],
        &[
            "aplomb: SIGINT is no longer handled: other code in the process has given it the default action",
            "aplomb: SIGTERM is no longer handled: other code in the process has it ignored",
        ],
    );
}

/// Its handlers are those of the first one, which were put back.
#[test]
fn row_176_signals_that_are_taken_from_a_second_app_are_named() {
    let script = ["start=take:TERM", "embedded=twice"];
    assert_named(&script, &[TERM, TERM]);
    assert_named(&["embedded=twice"], &[]);
}

/// What was taken was not ours, or is ours again; and Go's runtime changes flags.
#[test]
fn row_176_signals_that_are_ours_are_not_named() {
    assert_named(&["start=borrow:INT+TERM"], &[]);
    assert_named(&["start=change-flags:INT+TERM"], &[]);
    assert_named(&["start=take:USR2"], &[]);
    assert_named(&["run=take:TERM"], &[]);
    let ignored = phases(&["start=take:HUP"]).ignore_signal(SIGHUP);
    ended(ignored).assert_no_stderr();
}
