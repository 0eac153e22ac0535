//! A `run` that was given up, and ends all the same: within a second, or when its shields do. `stop` runs then.

use std::thread;
use std::time::Duration;

use aplomb_testing::Signal::{SIGINT, SIGTERM};
use aplomb_testing::{Child, Output};

use crate::ON;
use crate::programs::phases;
use crate::support::{SENDING, pause_past_debounce, two_presses};

/// How long a `run` has that was given up.
pub const SECOND: Duration = Duration::from_secs(1);

/// How late an end may be; a machine that is busy gets three attempts.
pub const LATE: Duration = Duration::from_millis(200).saturating_add(SENDING);

/// Brings an app to where the user has insisted and a shield is named, and says `in` before.
fn insisted(script: &[&str]) -> Child {
    let mut app = phases(script).spawn();
    app.expect("in");
    app.send_signal(SIGINT);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.expect_stderr(&["waiting for shield `ledger`"]);
    app
}

/// Checks that `stop` has run, after the shield.
fn has_stopped(output: &Output) {
    output
        .assert_signal(SIGINT)
        .assert_in_order(&["whole", "P+", "P-"])
        .assert_once("P+");
}

/// What holds the shield: `run` itself, or what it joins. In tasks a `run` that joins is dropped at once.
fn in_shields() -> Vec<Vec<&'static str>> {
    let own = "run=shield:ledger,say:in,accepted,line,say:whole,unshield,checkpoint?";
    let worker = "worker=shield:ledger,open:in,accepted,line,say:whole,unshield";
    let joins = "run=pass:in,say:in,join:worker";
    let mut scripts = vec![vec![own]];
    if !ON.is_tasks() {
        scripts.push(vec!["start=spawn:worker", worker, joins]);
    }
    scripts
}

#[test]
fn row_136_run_ends_after_its_shields() {
    for script in in_shields() {
        let mut app = insisted(&script);
        // Longer than the second.
        thread::sleep(SECOND + LATE);
        app.assert_running_without("whole");
        app.send_line("go");
        has_stopped(&app.wait());
    }
}

/// However often the user insists.
#[test]
fn row_136_who_insists_in_a_shield_has_it_named() {
    for script in in_shields() {
        let mut app = insisted(&script);
        for _ in 0..4 {
            pause_past_debounce();
            app.send_signal(SIGINT);
            app.expect_stderr(&["waiting for shield `ledger`"]);
        }
        app.assert_running_without("whole");
        app.send_line("go");
        has_stopped(&app.wait());
    }
}

/// A `run` that was held up by no shield ends within its second.
#[test]
fn row_136_run_ends_within_its_second() {
    if ON.is_tasks() {
        return;
    }
    let mut app = phases(&["run=accepted,seen:1,line,ok"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("seen 1");
    pause_past_debounce();
    app.send_signal(SIGINT);
    pause_past_debounce();
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_in_order(&["R-", "P+", "P-"]);
}

/// The time of `run` passes while a shield is held. Then `run` ends at its next line, and `stop` runs.
#[test]
fn row_136_the_time_of_run_passes_in_a_shield() {
    for script in in_shields() {
        let script = [&script[..], &["timeout-run=400", "timeout-stop=15000"]].concat();
        let mut app = phases(&script).spawn();
        app.expect("in");
        app.send_signal(SIGTERM);
        app.expect_stderr(&["timeout(run)"]);
        app.expect_stderr(&["waiting for shield `ledger`"]);
        app.send_line("go");
        app.wait()
            .assert_code(124)
            .assert_in_order(&["whole", "P+", "P-"])
            .assert_once("P+");
    }
}

/// Two presses, wherever they fall: `stop` runs, and no entry is half.
#[test]
fn row_138_two_presses_at_any_moment() {
    // One period of the program: an entry, and the pause after it.
    two_presses(Duration::from_millis(300), |first, second| {
        let mut app = phases(&["run=entries"]).spawn();
        app.expect("first half");
        thread::sleep(first);
        app.send_signal(SIGINT);
        thread::sleep(second);
        app.send_signal(SIGINT);
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_in_order(&["second half", "P+", "P-"])
            .assert_once("P+");
        let halves = ["first half", "second half"].map(|half| output.count(half));
        output.assert(halves[0] == halves[1], "an entry is half");
    });
}

/// What is dropped with `run` takes its time, also where the user presses twice. To press three times takes longer than
/// a second on Windows.
#[cfg(unix)]
#[test]
fn row_137_a_press_while_run_is_dropped() {
    if !ON.is_tasks() {
        return;
    }
    let dropping = || {
        let mut app = phases(&["run=accepted,slow-drop,hang"]).spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        app.expect("accepted");
        pause_past_debounce();
        app.send_signal(SIGINT);
        app.expect("drops");
        app
    };
    // Within a second nothing comes of it.
    let mut app = dropping();
    for _ in 0..3 {
        pause_past_debounce();
        app.send_signal(SIGINT);
    }
    app.assert_running_without("dropped");
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_in_order(&["drops", "R dropped", "P+", "P-"]);
    // After it, the process ends.
    let app = dropping();
    thread::sleep(SECOND + LATE);
    app.assert_running_without("dropped");
    app.send_signal(SIGINT);
    app.wait().assert_signal(SIGINT).assert_never("P+");
}
