//! What is printed where nobody reads it, and errors whose `Debug` never ends: neither keeps the app from its end.

use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::{Child, Sink, Stream, assert_best_of};
use nix::sys::signal::Signal::{SIGINT, SIGTERM, SIGUSR1};

use super::start_stop::WHOLE;
use crate::ON;
use crate::programs::phases;
use crate::support::pause_past_debounce;

/// How late the end may be noticed; a machine that is busy gets three attempts.
const ALLOWANCE: Duration = Duration::from_millis(200);

/// How long a report is waited for.
const ENOUGH: Duration = Duration::from_secs(1);

/// A limit of the tests.
const LIMIT: Duration = Duration::from_millis(500);

/// An app whose stderr takes nothing ends with this status within a time. `bring` brings it to where the time counts
/// from.
fn ends(script: &[&str], within: Duration, status: i32, bring: impl Fn(&mut Child) -> Instant) {
    assert_best_of(3, within + ALLOWANCE, || {
        let mut app = phases(script).stderr(Sink::Full).spawn();
        let begun = bring(&mut app);
        let output = app.wait();
        output.assert_code(status);
        output.duration_since(begun)
    });
}

fn terminated(app: &mut Child) -> Instant {
    app.expect("R+");
    app.send_signal(SIGTERM);
    let asked = app.expect("R-");
    app.expect("P-");
    asked
}

const LIMITS: [&str; 4] = [
    "timeout-start=500",
    "timeout-run=500",
    "timeout-stop=500",
    "deadline=4000",
];

#[test]
fn row_124_run_fails_after_a_request() {
    // `stop` runs, and the status is that of the error: `run` has kept its time, and so does the report.
    let script = [&["run=wait,err:lost"][..], &LIMITS].concat();
    ends(&script, LIMIT, 1, terminated);
    ends(&["run=wait,err:lost"], ENOUGH, 1, terminated);
    ends(&["run=wait,err:lost", "drain=60000"], ENOUGH, 1, |app| {
        app.expect("R+");
        app.send_signal(SIGTERM);
        pause_past_debounce();
        // Ends the drain, and with it `wait`.
        app.send_signal(SIGINT);
        let returned = app.expect("R-");
        app.expect("P-");
        returned
    });
}

#[test]
fn row_124_who_insists_does_not_wait_for_the_report() {
    ends(&["run=wait,err:lost"], DEBOUNCED, 1, |app| {
        app.expect("R+");
        app.send_signal(SIGINT);
        let asked = app.expect("R-");
        pause_past_debounce();
        app.send_signal(SIGINT);
        app.expect("P-");
        asked
    });
}

/// The pause between two presses, and what comes of the second.
const DEBOUNCED: Duration = Duration::from_millis(200);

#[test]
fn row_124_start_fails() {
    let script = ["start=err:lost"];
    ends(&[&script[..], &LIMITS].concat(), LIMIT, 1, |app| {
        app.expect("S-")
    });
}

#[test]
fn row_124_stop_fails_after_a_request() {
    let asked = |app: &mut Child| {
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect("P-")
    };
    ends(&["run=wait", "stop=err:lost"], ENOUGH, 1, asked);
    // Its time is over, whatever it was spent on.
    let script = ["run=wait", "stop=err:lost", "timeout-stop=500"];
    ends(&script, LIMIT, 124, asked);
}

#[test]
fn row_124_a_function_of_a_signal_fails() {
    let script = ["run=wait", "usr1=err:lost", "deadline=4000"];
    ends(&script, 2 * ENOUGH, 1, |app| {
        app.expect("R+");
        app.send_signal(SIGUSR1);
        let failed = app.expect("usr1-");
        app.expect("P-");
        failed
    });
}

/// An end that comes about by itself waits for its reader, as every program does; `stop` does not.
#[test]
fn row_124_an_end_by_itself_waits_for_the_reader() {
    let mut app = phases(&["run=err:found"]).stderr(Sink::Full).spawn();
    app.expect("P-");
    app.assert_running_without("never");
    app.start_reading(Stream::Stderr);
    app.wait()
        .assert_code(1)
        .assert_stdout(&WHOLE)
        .assert_stderr_once(&["Error: Text(\"found\")"]);
    // Until somebody asks for the end.
    ends(&["run=err:lost"], ALLOWANCE, 1, |app| {
        app.expect("P-");
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        asked
    });
    // A deadline counts from the end of `run`.
    ends(&["run=err:lost", "deadline=2000"], 4 * LIMIT, 124, |app| {
        let ended = app.expect("R-");
        app.expect("P-");
        ended
    });
}

/// Lines of ours are lost where the stream takes nothing, and keep nobody waiting.
#[test]
fn row_124_what_is_said_of_shields_is_lost() {
    let script = ["run=wait", "stop=hang", "timeout-stop=500"];
    ends(&script, LIMIT, 124, |app| {
        app.expect("R+");
        app.send_signal(SIGINT);
        let begun = app.expect("P+");
        for _ in 0..3 {
            pause_past_debounce();
            app.send_signal(SIGINT);
        }
        begun
    });
}

#[test]
fn row_125_limits_stay_in_force_while_an_error_is_looked_at() {
    let endless = |script: &[&str], within: Duration, bring: &dyn Fn(&mut Child) -> Instant| {
        assert_best_of(3, within + ALLOWANCE, || {
            let script = [&["error=endless"][..], script].concat();
            let mut app = phases(&script).spawn();
            let begun = bring(&mut app);
            let output = app.wait();
            output.assert_code(124).assert_never("P-");
            output.assert_stderr(&["has passed"]);
            output.duration_since(begun)
        });
    };
    let asked = |app: &mut Child| {
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect("R-")
    };
    let second = Duration::from_secs(1);
    let start = ["start=err:never", "timeout-start=500"];
    endless(&start, LIMIT + second, &|app| app.expect("S-"));
    let run = ["run=wait,err:never", "timeout-run=500"];
    endless(&run, LIMIT + second, &asked);
    // By itself, too.
    let run = ["run=err:never", "timeout-run=500"];
    endless(&run, LIMIT + second, &|app| app.expect("R-"));
    let run = ["run=err:never", "deadline=500"];
    endless(&run, LIMIT, &|app| app.expect("R-"));
}

#[test]
fn row_125_insisting_stays_in_force_while_an_error_is_looked_at() {
    let mut app = phases(&["run=wait,err:never", "error=endless"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("R-");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.wait().assert_signal(SIGINT).assert_never("P+");
    // A third press does not wait for the second in which the error may still be looked at.
    assert_best_of(3, DEBOUNCED + ALLOWANCE, || {
        let mut app = phases(&["run=wait,err:never", "error=endless"]).spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        app.expect("R-");
        pause_past_debounce();
        app.send_signal(SIGINT);
        let pressed = Instant::now();
        pause_past_debounce();
        app.send_signal(SIGINT);
        let output = app.wait();
        output.assert_signal(SIGINT).assert_never("P+");
        output.duration_since(pressed)
    });
}

/// A `run` that a shield has held back has its error looked at, and `stop` runs, as where it is printed.
#[test]
fn row_124_a_run_that_was_held_back_fails() {
    if !ON.is_tasks() {
        return;
    }
    let script = ["run=shield:all,line,unshield,err:lost", "timeout-run=300"];
    let mut app = phases(&script).stderr(Sink::Full).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    // The limit passes, and the second in which a `run` hears of it.
    thread::sleep(Duration::from_millis(1500));
    app.assert_running_without("R-");
    app.send_line("go");
    app.wait()
        .assert_code(124)
        .assert_in_order(&["R+", "P+", "P-"]);
}
