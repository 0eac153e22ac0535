//! Events that come again, and other ones after the first.

use aplomb_testing::{Child, ConsoleEvent};

use super::kinds::{Died, KEYS, app, on_both, press, send};
use crate::programs::On;
use crate::support::pause_past_debounce;

/// Starts it, and insists when the first event was accepted.
fn insisted(on: On, first: ConsoleEvent, script: &[&str]) -> Child {
    let mut app = app(on, script).spawn();
    app.expect("R+");
    send(&app, first);
    app.expect("accepted");
    pause_past_debounce();
    press(&app);
    app
}

#[test]
fn row_22_and_28_the_user_insists_and_tasks_are_dropped() {
    for first in KEYS {
        insisted(On::Tokio, first, &["run=accepted,hang"])
            .wait()
            .assert_died()
            .assert_stdout(&["S+", "S-", "R+", "accepted", "R dropped", "P+", "P-"])
            .assert_no_stderr();
    }
}

#[test]
fn row_23_and_28_the_user_insists_and_a_deaf_thread_has_its_last_second() {
    for first in KEYS {
        insisted(On::Threads, first, &["run=accepted,hang"])
            .wait()
            .assert_died()
            .assert_stdout(&["S+", "S-", "R+", "accepted"])
            .assert_stderr(&["without `stop`"]);
    }
}

#[test]
fn row_25_insisting_in_start_and_stop() {
    on_both(|on| {
        let mut app_in_start = app(on, &["start=accepted,line,say:built", "run=wait"]).spawn();
        app_in_start.expect("S+");
        press(&app_in_start);
        app_in_start.expect("accepted");
        for _ in 0..3 {
            pause_past_debounce();
            press(&app_in_start);
        }
        app_in_start.expect_stderr(&["start"]);
        app_in_start.assert_running_without("built");
        app_in_start.send_line("go");
        app_in_start
            .wait()
            .assert_died()
            .assert_stdout(&["S+", "accepted", "built", "S-", "P+", "P-"]);

        let mut app_in_stop = app(on, &["run=ok", "stop=seen:1,line,say:saved"]).spawn();
        app_in_stop.expect("P+");
        press(&app_in_stop);
        app_in_stop.expect("seen 1");
        for _ in 0..3 {
            pause_past_debounce();
            press(&app_in_stop);
        }
        app_in_stop.expect_stderr(&["stop"]);
        app_in_stop.assert_running_without("saved");
        app_in_stop.send_line("go");
        app_in_stop
            .wait()
            .assert_died()
            .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "seen 1", "saved", "P-"]);
    });
}

/// Ctrl-Break never escalates, however late it comes again.
#[test]
fn row_27_ctrl_break_again() {
    on_both(|on| {
        let mut app = app(on, &["run=accepted,line", "stop=log-names"]).spawn();
        app.expect("R+");
        send(&app, ConsoleEvent::CtrlBreak);
        app.expect("accepted");
        for _ in 0..5 {
            send(&app, ConsoleEvent::CtrlBreak);
        }
        app.send_line("go");
        app.wait().assert_died().assert_stdout(&[
            "S+",
            "S-",
            "R+",
            "accepted",
            "R-",
            "P+",
            "signals SIGTERM",
            "P-",
        ]);
    });
}

#[test]
fn row_70_force_after_two() {
    on_both(|on| {
        for (policy, code) in [(None, None), (Some("exit=code"), Some(130))] {
            let script = ["run=accepted", "stop=line,say:never", "force-after=2"];
            let mut app = app(on, &script).args(policy).spawn();
            app.expect("R+");
            press(&app);
            app.expect("P+");
            pause_past_debounce();
            press(&app);
            let output = app.wait();
            match code {
                Some(code) => output.assert_code(code),
                None => output.assert_died(),
            };
            output.assert_stdout(&["S+", "S-", "R+", "accepted", "R-", "P+"]);
        }
    });
}
