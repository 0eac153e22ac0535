//! Deadlines that an app has set for itself.

use std::thread;
use std::time::{Duration, Instant};

#[cfg(unix)]
use aplomb_testing::Signal::{SIGCONT, SIGSTOP};
use aplomb_testing::Signal::{SIGINT, SIGTERM};
use aplomb_testing::{Child, assert_best_of};

#[cfg(unix)]
use super::children::{self, DEAF, child};
use super::last_second::{LATE, SECOND};
use super::start_stop::WHOLE;
use crate::ON;
use crate::programs::phases;
use crate::support::{SENDING, pause_past_debounce};

pub const LIMIT: Duration = Duration::from_millis(400);

/// How late a deadline may be noticed; a machine that is busy gets three attempts.
const ALLOWANCE: Duration = Duration::from_millis(100).saturating_add(SENDING);

/// `bring` brings the app to where the deadline counts from, and returns that moment as it is
/// seen from outside. That nothing ends too early is measured from the app's own beginning,
/// which surely lies before.
pub fn on_time(
    script: &[&str],
    lines: &[&str],
    named: &str,
    bring: impl Fn(&mut Child) -> Instant,
) {
    assert_best_of(3, LIMIT + ALLOWANCE, || {
        let spawned = Instant::now();
        let mut app = phases(script).spawn();
        let begun = bring(&mut app);
        let output = app.wait();
        output
            .assert_code(124)
            .assert_stdout(lines)
            .assert_stderr(&[named]);
        output.assert(
            output.duration_since(spawned) >= LIMIT,
            "the deadline was not over yet",
        );
        output.duration_since(begun)
    });
}

#[test]
fn row_10_start_takes_too_long() {
    on_time(
        &["start=hang", "timeout-start=400"],
        &["S+"],
        "start",
        |app| app.expect("S+"),
    );
}

#[test]
fn row_36_stop_takes_too_long() {
    let lines = ["S+", "S-", "R+", "R-", "P+"];
    let script = ["run=ok", "stop=hang", "timeout-stop=400"];
    on_time(&script, &lines, "stop", |app| app.expect("P+"));
    let script = ["run=wait", "stop=hang", "timeout-stop=400"];
    on_time(&script, &lines, "stop", |app| {
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect("P+")
    });
}

/// The deadline of the whole shutdown counts from the request.
#[test]
fn deadline_of_the_shutdown() {
    let lines = ["S+", "S-", "R+", "R-", "P+"];
    on_time(
        &["run=wait", "stop=hang", "deadline=400"],
        &lines,
        "stop",
        |app| {
            app.expect("R+");
            let asked = Instant::now();
            app.send_signal(SIGTERM);
            asked
        },
    );
}

/// What holds `stop` up is named, and may take as long as `stop`.
#[test]
fn shields_between_run_and_stop() {
    let script = [
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,hang",
        "run=ok",
        "timeout-stop=400",
    ];
    on_time(&script, &["S+", "S-", "R+", "R-"], "ledger", |app| {
        app.expect("R-")
    });
}

/// `std::process::exit` waits for shields until the deadline of the shutdown.
#[test]
fn exit_waits_until_the_deadline() {
    let script = [
        "start=spawn:worker,pass:in",
        "worker=shield:ledger,open:in,hang",
        "run=exit:5",
        "deadline=400",
    ];
    on_time(&script, &["S+", "S-", "R+"], "ledger", |app| {
        app.expect("R+")
    });
}

/// A deadline that is kept changes nothing.
#[test]
fn deadlines_that_are_kept() {
    let script = [
        "run=wait",
        "timeout-start=15000",
        "timeout-run=15000",
        "timeout-stop=15000",
        "deadline=15000",
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
}

/// Draining: the request is there, and `run` is cancelled only later.
#[test]
fn drain() {
    let script = [
        "run=seen:1,requested,checkpoint,say:drains,wait,checkpoint",
        "drain=400",
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    let asked = Instant::now();
    app.send_signal(SIGTERM);
    let cancelled = app.expect("R-");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&[
            "S+",
            "S-",
            "R+",
            "seen 1",
            "requested true",
            "checkpoint Ok",
            "drains",
            "checkpoint Err(Cancelled)",
            "R-",
            "P+",
            "P-",
        ])
        .assert_no_stderr();
    assert!(
        cancelled.saturating_duration_since(asked) >= LIMIT,
        "the drain was not over yet"
    );
}

/// What comes before `run` has nothing to drain: who waits for the cancellation there is let go at once, or `start`
/// would never end.
#[test]
fn row_120_a_request_in_start_of_an_app_that_drains() {
    let start = "start=spawn:worker,pass:sleeps,line,join:worker";
    let script = ["worker=open:sleeps,sleep:60000", "run=wait", "drain=60000"];
    let lines = ["S+", "sleep Err(Cancelled)", "S-", "P+", "P-"];
    for signal in [SIGINT, SIGTERM] {
        let mut app = phases(&[&[start][..], &script].concat()).spawn();
        app.expect("S+");
        app.send_signal(signal);
        app.send_line("go");
        app.wait()
            .assert_signal(signal)
            .assert_stdout(&lines)
            .assert_no_stderr();
    }
    // By a call; in the body, too, which reads the configuration.
    let start = "start=spawn:worker,pass:sleeps,request:enough,join:worker,log";
    let app = phases(&[&[start][..], &script].concat()).spawn();
    let lines = [
        "S+",
        "sleep Err(Cancelled)",
        "signals ",
        "reason enough",
        "S-",
        "P+",
        "P-",
    ];
    app.wait()
        .assert_code(0)
        .assert_stdout(&lines)
        .assert_no_stderr();
    if ON.is_tasks() {
        // By the token, which no shield masks.
        let mut app = phases(&["start=token,say:asked", "run=wait", "drain=60000"]).spawn();
        app.expect("S+");
        app.send_signal(SIGTERM);
        let lines = ["S+", "asked", "S-", "P+", "P-"];
        app.wait()
            .assert_signal(SIGTERM)
            .assert_stdout(&lines)
            .assert_no_stderr();
    }
}

/// A drain begins with `run`, and not with the app: each is one or the other.
#[cfg(unix)]
#[test]
fn row_120_a_signal_at_any_moment_around_the_beginning_of_run() {
    for moment in 0..50 {
        let script = ["start=ok", "run=wait", "drain=100", "quiet=SRP"];
        let app = phases(&script).spawn();
        // From before the handlers stand to well into `run`.
        let since = Instant::now();
        while since.elapsed() < Duration::from_micros(150) * moment {
            thread::yield_now();
        }
        app.send_signal(SIGTERM);
        app.wait().assert_signal(SIGTERM).assert_no_stderr();
    }
}

/// Who insists does not wait for the drain.
#[test]
fn insisting_skips_the_drain() {
    let mut app = phases(&["run=seen:1,wait,checkpoint", "drain=60000"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("seen 1");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.wait().assert_signal(SIGINT).assert_in_order(&[
        "R+",
        "seen 1",
        "checkpoint Err(Cancelled)",
        "R-",
        "P+",
        "P-",
    ]);
}

/// Time that passes while the process is stopped is no time of its own.
#[cfg(unix)]
#[test]
fn row_37_stopped_for_longer_than_the_deadline() {
    let mut app = phases(&["run=wait", "stop=line,say:saved", "timeout-stop=3000"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("P+");
    app.suspend(SIGSTOP);
    // The row is about this time.
    thread::sleep(Duration::from_millis(3500));
    app.assert_running_without("saved");
    app.send_signal(SIGCONT);
    app.send_line("go");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "saved", "P-"]);
}

/// A process that gets the processor for a fifth of the time, as under a quota, has its deadline kept.
#[cfg(unix)]
#[test]
fn row_145_held_up_again_and_again() {
    const HELD_UP: Duration = Duration::from_millis(400);
    const GOES_ON: Duration = Duration::from_millis(100);
    let late = HELD_UP + 4 * ALLOWANCE;
    assert_best_of(3, Duration::from_secs(2) + late, || {
        let mut app = phases(&["run=ok", "stop=hang", "timeout-stop=2000"]).spawn();
        let begun = app.expect("P+");
        while !app.has_exited() {
            // The row is about these times.
            app.send_signal(SIGSTOP);
            thread::sleep(HELD_UP);
            app.send_signal(SIGCONT);
            thread::sleep(GOES_ON);
        }
        let output = app.wait();
        output.assert_code(124).assert_stderr(&["timeout(stop)"]);
        output.duration_since(begun)
    });
}

/// How long `deadline` is here, and how long `stop` may take: 0.4 s are left for `run`.
const ROOM: [&str; 2] = ["deadline=15000", "timeout-stop=14600"];

#[test]
fn row_140_run_takes_what_is_kept_for_stop() {
    let asked = |app: &mut Child| {
        app.expect("R+");
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        asked
    };
    let named = "deadline of 15s leaves 14.6s for `stop`: `run` has not ended";
    let script = [&["run=accepted,hang"][..], &ROOM].concat();
    if ON.is_tasks() {
        let lines = ["S+", "S-", "R+", "accepted", "R dropped", "P+", "P-"];
        on_time(&script, &lines, named, asked);
        // A quarter, where `stop` has no limit or one that takes all.
        let quarter = "deadline of 1.6s leaves 400ms for `stop`: `run` has not ended";
        for stop in ["timeout-stop=1600", "exit=signal"] {
            let script = ["run=accepted,hang", "deadline=1600", stop];
            let mut app = phases(&script).spawn();
            asked(&mut app);
            app.wait()
                .assert_code(124)
                .assert_stdout(&lines)
                .assert_stderr(&[quarter]);
        }
        return;
    }
    // `run` has its last second, and nothing ends it then.
    assert_best_of(3, LIMIT + SECOND + LATE, || {
        let mut app = phases(&script).spawn();
        let asked = asked(&mut app);
        let output = app.wait();
        output
            .assert_code(124)
            .assert_stderr(&[named])
            .assert_stdout(&["S+", "S-", "R+", "accepted"]);
        output.duration_since(asked)
    });
}

#[test]
fn row_140_run_ends_when_only_that_is_left() {
    let run = "run=shield:ledger,say:in,accepted,line,say:whole,unshield,checkpoint?";
    let mut app = phases(&[&[run][..], &ROOM].concat()).spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app.expect_stderr(&["leaves 14.6s for `stop`"]);
    app.expect_stderr(&["waiting for shield `ledger`"]);
    app.send_line("go");
    app.wait()
        .assert_code(124)
        .assert_in_order(&["whole", "P+", "P-"]);
}

/// What `run` waits for is killed before `run` is given up.
#[cfg(unix)]
#[test]
fn row_140_a_child_that_run_waits_for() {
    let mut app = children::app(&[
        "run=child:a,shield:ledger,child-wait:a,unshield,checkpoint?",
        "deadline=4000",
        &child("tell grace:60000", DEAF),
    ])
    .spawn();
    children::started(&mut app);
    app.send_signal(SIGTERM);
    children::finish(app)
        .assert_signal(SIGTERM)
        .assert_in_order(&["a signal: 9 (SIGKILL)", "P+", "P-"]);
}

#[test]
fn row_141_options_contradict_each_other() {
    let cases = [
        (
            ["timeout-run=900", "exit=signal"],
            "`drain` leaves nothing of `timeout(run)`: ",
        ),
        (
            ["deadline=1200", "exit=signal"],
            "`drain` leaves `run` nothing of `deadline`: ",
        ),
        (
            ["deadline=9000", "timeout-stop=8100"],
            "`drain` leaves `run` nothing of `deadline`: ",
        ),
    ];
    for (limits, problem) in cases {
        let words = [&["start=ok", "run=ok", "drain=900"][..], &limits].concat();
        let output = phases(&words).spawn().wait();
        let error = format!("Error: {problem}");
        output
            .assert_code(1)
            .assert_stdout(&[])
            .assert_stderr(&[&error, "make `drain` shorter"]);
    }
}
