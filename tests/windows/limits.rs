//! Limits that an app has set for itself.

use std::time::{Duration, Instant};

use aplomb_testing::{Child, Command, assert_best_of};

use super::kinds::{Died, app, on_both, press};
use crate::programs::On;

const LIMIT: Duration = Duration::from_millis(400);

/// How late the end of a limit may be noticed: clocks of Windows tick each 16 ms, and a machine that is busy gets three attempts.
const ALLOWANCE: Duration = Duration::from_millis(200);

/// `bring` brings the app to where the limit counts from, and returns that moment as it is seen from outside.
fn on_time(
    limit: Duration,
    command: impl Fn() -> Command,
    lines: &[&str],
    named: &str,
    bring: impl Fn(&mut Child) -> Instant,
) {
    assert_best_of(3, limit + ALLOWANCE, || {
        let spawned = Instant::now();
        let mut app = command().spawn();
        let begun = bring(&mut app);
        let output = app.wait();
        output
            .assert_code(124)
            .assert_stdout(lines)
            .assert_stderr(&[named]);
        output.assert(
            output.duration_since(spawned) >= limit,
            "the limit was not over yet",
        );
        output.duration_since(begun)
    });
}

#[test]
fn row_10_start_takes_too_long() {
    on_both(|on| {
        let app = || app(on, &["start=hang", "timeout-start=400"]);
        on_time(LIMIT, app, &["S+"], "start", |app| app.expect("S+"));
    });
}

#[test]
fn row_36_stop_takes_too_long() {
    on_both(|on| {
        let lines = ["S+", "S-", "R+", "R-", "P+"];
        let by_itself = || app(on, &["run=ok", "stop=hang", "timeout-stop=400"]);
        on_time(LIMIT, by_itself, &lines, "stop", |app| app.expect("P+"));
        let asked = || app(on, &["run=wait", "stop=hang", "timeout-stop=400"]);
        on_time(LIMIT, asked, &lines, "stop", |app| {
            app.expect("R+");
            press(app);
            app.expect("P+")
        });
    });
}

#[test]
fn row_34_a_deaf_task_takes_too_long() {
    let lines = ["S+", "S-", "R+", "accepted", "R dropped", "P+", "P-"];
    let app = || app(On::Tokio, &["run=accepted,hang", "timeout-run=400"]);
    on_time(LIMIT, app, &lines, "run", |app| {
        app.expect("R+");
        press(app);
        app.expect("accepted")
    });
}

#[test]
fn row_35_a_deaf_thread_takes_too_long() {
    let app = || app(On::Threads, &["run=accepted,hang", "timeout-run=400"]);
    // A deaf thread has a last second.
    let limit = LIMIT + Duration::from_secs(1);
    on_time(limit, app, &["S+", "S-", "R+", "accepted"], "run", |app| {
        app.expect("R+");
        press(app);
        app.expect("accepted")
    });
}

#[test]
fn the_deadline_of_the_shutdown() {
    on_both(|on| {
        let lines = ["S+", "S-", "R+", "R-", "P+"];
        let app = || app(on, &["run=wait", "stop=hang", "deadline=400"]);
        on_time(LIMIT, app, &lines, "stop", |app| {
            app.expect("R+");
            press(app);
            app.expect("P+")
        });
    });
}

#[test]
fn row_142_a_task_has_its_grace() {
    let mut app = app(On::Tokio, &["run=accepted,hang", "grace=400"]).spawn();
    app.expect("R+");
    press(&app);
    app.wait()
        .assert_died()
        .assert_stdout(&["S+", "S-", "R+", "accepted", "R dropped", "P+", "P-"])
        .assert_stderr_once(&["dropped"]);
}

/// The app counts as no longer ready, and is cancelled when the drain is over.
#[test]
fn a_drain_comes_before_the_cancellation() {
    on_both(|on| {
        let script = ["run=seen:1,say:asked,wait,say:cancelled", "drain=400"];
        let mut app = app(on, &script).spawn();
        app.expect("R+");
        press(&app);
        let asked = app.expect("asked");
        let cancelled = app.expect("cancelled");
        app.wait().assert_died();
        // The first line is read a little later than it was written.
        let took = cancelled.duration_since(asked) + Duration::from_millis(100);
        assert!(took >= LIMIT, "cancelled after {took:?}");
    });
}
