//! With what status the process leaves.

use aplomb_testing::{ConsoleEvent, Output};

use super::kinds::{Died, KEYS, WHOLE, app, number, on_both, send};
use crate::programs::On;

/// Runs an app whose `run` gets this event and then ends as the script says.
fn after(on: On, event: ConsoleEvent, script: &[&str]) -> Output {
    let mut app = app(on, script).spawn();
    app.expect("R+");
    send(&app, event);
    app.wait()
}

#[test]
fn row_14_run_returns_ok_after_an_event() {
    on_both(|on| {
        after(on, ConsoleEvent::CtrlBreak, &["run=wait,ok"])
            .assert_died()
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
    });
}

#[test]
fn row_15_run_returns_a_code() {
    on_both(|on| {
        app(on, &["run=code:3"])
            .spawn()
            .wait()
            .assert_code(3)
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
        for event in KEYS {
            after(on, event, &["run=wait,code:3"])
                .assert_code(3)
                .assert_stdout(&WHOLE)
                .assert_no_stderr();
        }
    });
}

#[test]
fn row_16_run_returns_the_cancellation() {
    on_both(|on| {
        for error in ["error=cancelled", "error=boxed", "error=anyhow"] {
            after(on, ConsoleEvent::CtrlC, &["run=wait,checkpoint?", error])
                .assert_died()
                .assert_stdout(&WHOLE)
                .assert_no_stderr();
        }
    });
}

#[test]
fn row_17_run_fails_after_an_event() {
    on_both(|on| {
        after(on, ConsoleEvent::CtrlC, &["run=wait,err:half sent"])
            .assert_code(1)
            .assert_stdout(&WHOLE)
            .assert_stderr_once(&["Error: Text(\"half sent\")"]);
    });
}

#[test]
fn row_18_and_19_stop_fails_or_panics() {
    on_both(|on| {
        after(
            on,
            ConsoleEvent::CtrlBreak,
            &["run=wait", "stop=err:not saved"],
        )
        .assert_code(1)
        .assert_stdout(&WHOLE)
        .assert_stderr_once(&["Error: Text(\"not saved\")"]);
        after(on, ConsoleEvent::CtrlC, &["run=wait", "stop=panic:torn"])
            .assert_code(101)
            .assert_stdout(&["S+", "S-", "R+", "R-", "P+"])
            .assert_stderr_once(&["torn"]);
    });
}

/// The statuses in place of a death by a signal, as the app has chosen.
#[test]
fn statuses_that_an_app_may_choose() {
    on_both(|on| {
        for event in KEYS {
            after(on, event, &["run=wait", "exit=code"])
                .assert_code(128 + number(event))
                .assert_stdout(&WHOLE);
            after(on, event, &["run=wait", "exit=success"])
                .assert_code(0)
                .assert_stdout(&WHOLE);
        }
    });
}
