//! What is printed where nobody reads it, and errors whose `Debug` never ends: neither keeps the app from its end.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{SIGINT, SIGTERM, SIGUSR1};

use super::start_stop::WHOLE;
use crate::ON;
use crate::support::{Running, best_of_three, pause_past_debounce, phases};

/// How late the end may be noticed; a machine that is busy gets three attempts.
const ALLOWANCE: Duration = Duration::from_millis(200);

/// How long a report is waited for.
const ENOUGH: Duration = Duration::from_secs(1);

/// A limit of the tests.
const LIMIT: Duration = Duration::from_millis(500);

/// An app whose stderr takes nothing ends with this status within a time. `bring` brings it to where the time counts from.
fn ends(script: &[&str], within: Duration, status: i32, bring: impl Fn(&mut Running) -> Instant) {
    best_of_three(within + ALLOWANCE, || {
        let mut app = phases(script).with_stderr_clogged().spawn();
        let begun = bring(&mut app);
        let ending = app.finish();
        ending.exited(status);
        ending.after(begun)
    });
}

fn terminated(app: &mut Running) -> Instant {
    app.expect("R+");
    app.signal(SIGTERM);
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
        app.signal(SIGTERM);
        pause_past_debounce();
        // Ends the drain, and with it `wait`.
        app.signal(SIGINT);
        let returned = app.expect("R-");
        app.expect("P-");
        returned
    });
}

#[test]
fn row_124_who_insists_does_not_wait_for_the_report() {
    ends(&["run=wait,err:lost"], DEBOUNCED, 1, |app| {
        app.expect("R+");
        app.signal(SIGINT);
        let asked = app.expect("R-");
        pause_past_debounce();
        app.signal(SIGINT);
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
    let asked = |app: &mut Running| {
        app.expect("R+");
        app.signal(SIGTERM);
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
        app.signal(SIGUSR1);
        let failed = app.expect("usr1-");
        app.expect("P-");
        failed
    });
}

/// An end that comes about by itself waits for its reader, as every program does; `stop` does not.
#[test]
fn row_124_an_end_by_itself_waits_for_the_reader() {
    let mut app = phases(&["run=err:found"]).with_stderr_clogged().spawn();
    app.expect("P-");
    app.is_going_on("never");
    app.unclog_stderr();
    app.finish()
        .exited(1)
        .said(&WHOLE)
        .complained_once("Error: Text(\"found\")");
    // Until somebody asks for the end.
    ends(&["run=err:lost"], ALLOWANCE, 1, |app| {
        app.expect("P-");
        let asked = Instant::now();
        app.signal(SIGTERM);
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
        app.signal(SIGINT);
        let begun = app.expect("P+");
        for _ in 0..3 {
            pause_past_debounce();
            app.signal(SIGINT);
        }
        begun
    });
}

#[test]
fn row_125_limits_stay_in_force_while_an_error_is_looked_at() {
    let endless = |script: &[&str], within: Duration, bring: &dyn Fn(&mut Running) -> Instant| {
        best_of_three(within + ALLOWANCE, || {
            let script = [&["error=endless"][..], script].concat();
            let mut app = phases(&script).spawn();
            let begun = bring(&mut app);
            let ending = app.finish();
            ending.exited(124).never("P-");
            ending.complained_of(&["has passed"]);
            ending.after(begun)
        });
    };
    let asked = |app: &mut Running| {
        app.expect("R+");
        app.signal(SIGTERM);
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
    app.signal(SIGINT);
    app.expect("R-");
    pause_past_debounce();
    app.signal(SIGINT);
    app.finish().died_by(SIGINT).never("P+");
    // A third press does not wait for the second in which the error may still be looked at.
    best_of_three(DEBOUNCED + ALLOWANCE, || {
        let mut app = phases(&["run=wait,err:never", "error=endless"]).spawn();
        app.expect("R+");
        app.signal(SIGINT);
        app.expect("R-");
        pause_past_debounce();
        app.signal(SIGINT);
        let pressed = Instant::now();
        pause_past_debounce();
        app.signal(SIGINT);
        let ending = app.finish();
        ending.died_by(SIGINT).never("P+");
        ending.after(pressed)
    });
}

/// A `run` that a shield has held back has its error looked at, and `stop` runs, as where it is printed.
#[test]
fn row_124_a_run_that_was_held_back_fails() {
    if !ON.is_tasks() {
        return;
    }
    let script = ["run=shield:all,line,unshield,err:lost", "timeout-run=300"];
    let mut app = phases(&script).with_stderr_clogged().spawn();
    app.expect("R+");
    app.signal(SIGTERM);
    // The limit passes, and the second in which a `run` hears of it.
    thread::sleep(Duration::from_millis(1500));
    app.is_going_on("R-");
    app.go();
    app.finish().exited(124).in_order(&["R+", "P+", "P-"]);
}
