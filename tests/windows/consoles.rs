//! The console that a program is on, or is not on.

use std::fs;

use aplomb_testing::Capability;
use aplomb_testing::Signal::{SIGHUP, SIGINT, SIGTERM};

use super::kinds::{app, on_both};
use crate::support::A_WHILE;

/// The lines of an app's whole life, when nothing is special.
const WHOLE: [&str; 6] = ["S+", "S-", "R+", "R-", "P+", "P-"];

/// The window is closed: the app has the time that Windows leaves.
#[test]
fn row_62_the_window_is_closed_in_run() {
    on_both(|on| {
        let mut app = app(on, &["run=accepted", "stop=log-names,say:saved"])
            .in_window()
            .spawn();
        app.expect("R+");
        app.close_window();
        app.wait().assert_signal(SIGHUP).assert_stdout(&[
            "S+",
            "S-",
            "R+",
            "accepted",
            "R-",
            "P+",
            "signals SIGHUP",
            "saved",
            "P-",
        ]);
    });
}

/// What has begun in `stop` when the window is closed is whole as well.
#[test]
fn row_62_the_window_is_closed_in_stop() {
    on_both(|on| {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let marks = folder.path().join("marks");
        let marks_option = format!("marks={}", marks.display());
        let script = ["run=ok", "stop=seen:1,sleep:300,mark:saved", &marks_option];
        let mut app = app(on, &script).in_window().spawn();
        app.expect("P+");
        app.close_window();
        app.wait().assert_signal(SIGHUP);
        assert_eq!(fs::read_to_string(&marks).expect("it was saved"), "saved\n");
    });
}

/// Who starts a program may have switched Ctrl-C off for it. Ctrl-Break stays, but under Wine, which switches off both.
#[test]
fn row_54_ctrl_c_was_switched_off() {
    on_both(|on| {
        let script = [
            "run=thread:asks,wait",
            "asks=line,request:enough",
            "stop=log-names",
        ];
        let mut app = app(on, &script).ignoring_ctrl_c().spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        std::thread::sleep(A_WHILE);
        app.assert_running_without("R-");
        let hears_ctrl_break = Capability::Console.is_available();
        let signals = if hears_ctrl_break {
            app.send_signal(SIGTERM);
            "signals SIGTERM"
        } else {
            app.send_line("go");
            "signals "
        };
        let output = app.wait();
        output
            .assert(
                output.died_by(SIGTERM) == hears_ctrl_break,
                "it ends by Ctrl-Break, or by the call",
            )
            .assert_stdout(&["S+", "S-", "R+", "R-", "P+", signals, "P-"]);
    });
}

/// A service, or a program that windows started, has no console: it is asked by calls.
#[test]
fn a_program_without_a_console() {
    on_both(|on| {
        let mut asked = app(on, &["run=thread:asks,wait", "asks=line,request:enough"])
            .without_console()
            .spawn();
        asked.expect("R+");
        asked.send_line("go");
        asked
            .wait()
            .assert_code(0)
            .assert_stdout(&WHOLE)
            .assert_no_stderr();
        app(on, &["run=err:no network"])
            .without_console()
            .spawn()
            .wait()
            .assert_code(1)
            .assert_stdout(&WHOLE)
            .assert_stderr_once(&["no network"]);
    });
}
