//! Whenever it is asked to stop, and whatever goes wrong: each unit of work is accounted for.

mod counts;

use aplomb_testing::{Child, Command, Output};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};

use super::program::is_misused;
use super::program::{example, helps};
use crate::support::{from_us, pause_past_debounce};
use counts::Counts;

const SIGNALS: [Signal; 3] = [SIGINT, SIGTERM, SIGHUP];

fn pool(words: &[&str]) -> Command {
    example("pool").args(words)
}

/// Waits until so many more units are done.
fn wait_for(app: &mut Child, units: usize) {
    for _ in 0..units {
        while !app.expect_prefix("unit ").contains(": ") {}
    }
}

#[test]
fn all_units_are_done() {
    for [threads, tasks] in [["1", "1"], ["1", "9"], ["4", "2"], ["4", "32"]] {
        let words = ["--threads", threads, "--tasks", tasks, "--effort", "1"];
        let output = pool(&words).args(["--units", "300"]).spawn().wait();
        output.assert_code(0).assert_no_stderr();
        let counts = Counts::of(&output, 0);
        assert_eq!((counts.done, counts.queued), (300, 300));
    }
}

#[test]
fn units_in_hand_end_and_those_in_the_queue_are_dropped() {
    for signal in SIGNALS {
        for moment in 0..12 {
            let mut app = pool(&["--units", "0", "--effort", "100"]).spawn();
            wait_for(&mut app, moment + 1);
            app.send_signal(signal);
            let output = app.wait();
            output
                .assert_signal(signal)
                .assert_once(&format!("stopping: {}", from_us(signal)))
                .assert_no_stderr();
            let counts = Counts::of(&output, 0);
            assert!(counts.in_hand <= 2 && counts.dropped <= 8, "{counts:?}");
            assert_eq!(counts.abandoned, 0);
        }
    }
}

/// Units that are next to nothing, so that everybody is always between two of them.
#[test]
fn the_counts_add_up_under_load() {
    for moment in [1, 100, 1_000, 10_000] {
        let words = ["--threads", "4", "--tasks", "200", "--effort", "0"];
        let mut app = pool(&words).args(["--units", "0"]).spawn();
        wait_for(&mut app, moment);
        app.send_signal(SIGTERM);
        app.send_signal(SIGTERM);
        let output = app.wait();
        output.assert_signal(SIGTERM).assert_no_stderr();
        let counts = Counts::of(&output, 0);
        assert!(counts.in_hand <= 4 && counts.dropped <= 16, "{counts:?}");
        assert_eq!(counts.abandoned, 0);
    }
}

/// From before it has begun until after it is through.
#[test]
fn a_signal_may_come_at_any_moment() {
    let words = ["--units", "40", "--effort", "1"];
    for moment in 0..=40 {
        let mut app = pool(&words).spawn();
        wait_for(&mut app, moment);
        app.send_signal(SIGINT);
        let output = app.wait();
        output.assert_no_stderr();
        if output.code() != Some(0) {
            output.assert_signal(SIGINT);
        }
        // At its birth it has made nothing that there would be to count.
        if moment > 0 || !output.stdout().is_empty() {
            Counts::of(&output, 0);
        }
    }
}

#[test]
fn a_unit_that_never_returns_does_not_hold_up_the_end() {
    let mut app = pool(&["--units", "0", "--effort", "1", "--stuck", "20"]).spawn();
    app.expect("unit 20 is stuck");
    // The other thread goes on.
    wait_for(&mut app, 50);
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM);
    assert_eq!(Counts::of(&output, 0).abandoned, 1);
}

#[test]
fn nor_does_it_where_it_has_the_only_thread() {
    let words = ["--threads", "1", "--effort", "1", "--stuck", "3"];
    let mut app = pool(&words).spawn();
    app.expect("unit 3 is stuck");
    app.send_signal(SIGINT);
    app.expect_prefix("stopping: ");
    pause_past_debounce();
    // To insist changes nothing about `stop`.
    app.send_signal(SIGINT);
    let output = app.wait();
    output.assert_signal(SIGINT);
    let counts = Counts::of(&output, 0);
    // How many were before it in the queue is chance, since each unit is put there by a task of its own.
    assert_eq!(counts.abandoned, 1);
    assert!(counts.done > 0, "{counts:?}");
}

/// With its number, since tasks have no names.
#[track_caller]
fn expect_stopped_by_task(output: &Output, what: &str) {
    let said = output.stdout();
    let mut reasons = said
        .iter()
        .filter_map(|line| line.strip_prefix("stopping: "));
    let reason = reasons.next().unwrap_or_default();
    let is_so = reason.starts_with("task ") && reason.ends_with(what);
    output.assert(is_so && reasons.next().is_none(), "a task has stopped it");
}

/// The others get what they wait for, where somebody works on it.
#[test]
fn a_task_that_panics_stops_the_app() {
    for at in ["1", "7", "30"] {
        let words = ["--units", "0", "--effort", "10", "--panic-at", at];
        let output = pool(&words).spawn().wait();
        output
            .assert_code(101)
            .assert_stderr_once(&["as was asked for"])
            .assert_once("a task has panicked");
        expect_stopped_by_task(&output, "has panicked");
        let counts = Counts::of(&output, 1);
        assert!(counts.dropped <= 8 && counts.abandoned == 0, "{counts:?}");
    }
}

#[test]
fn a_task_that_fails_stops_the_app() {
    for at in ["1", "7", "30"] {
        let words = ["--units", "0", "--effort", "10", "--fail-at", at];
        let output = pool(&words).spawn().wait();
        output
            .assert_code(1)
            .assert_once(&format!("a task has failed: unit {at} has a bad result"))
            .assert_no_stderr();
        expect_stopped_by_task(&output, "has ended");
        let counts = Counts::of(&output, 1);
        assert!(counts.dropped <= 8 && counts.abandoned == 0, "{counts:?}");
    }
}

/// The panic comes when `stop` waits for the unit already, and is told in any case.
#[test]
fn a_panic_beats_a_signal() {
    let words = ["--threads", "1", "--tasks", "1", "--panic-at", "2"];
    let mut app = pool(&words).args(["--effort", "3000"]).spawn();
    wait_for(&mut app, 1);
    app.send_signal(SIGTERM);
    let output = app.wait();
    // The signal may have come between the two units, in which case there was no second one.
    if output.count("a task has panicked") == 0 {
        output.assert_signal(SIGTERM);
        Counts::of(&output, 0);
    } else {
        output.assert_code(101);
        Counts::of(&output, 1);
    }
}

#[test]
fn wrong_arguments_are_told() {
    for (words, of) in [
        (["--threads", "0"], "'0'"),
        (["--units", "many"], "many"),
        (["more", "0"], "more"),
    ] {
        is_misused(pool(&words), of);
    }
    helps("pool");
}
