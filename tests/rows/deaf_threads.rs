//! A `run` of threads that does not listen. It cannot be dropped: who gives it up gives it one more second, and then
//! gives the process up.

use std::time::Instant;

use aplomb_testing::Signal::{self, SIGINT, SIGTERM};
use aplomb_testing::{Child, assert_best_of};

use super::deadlines::LIMIT;
use super::last_second::{LATE, SECOND};
use crate::programs::phases;
use crate::support::pause_past_debounce;

/// A `run` that does not listen: it says that the request is there, and hangs.
fn deaf() -> Child {
    let mut app = phases(&["run=accepted,hang"]).spawn();
    app.expect("R+");
    app
}

fn insist_after(first: Signal) {
    assert_best_of(3, SECOND + LATE, || {
        let mut app = deaf();
        app.send_signal(first);
        app.expect("accepted");
        pause_past_debounce();
        let insisted = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_stdout(&["S+", "S-", "R+", "accepted"])
            .assert_stderr(&["`run` has not ended", "ends without `stop`"]);
        let took = output.duration_since(insisted);
        output.assert(took >= SECOND, "the second was not over yet");
        took
    });
}

#[test]
fn row_23_second_sigint_ends_a_deaf_run() {
    insist_after(SIGINT);
}

#[test]
fn row_24_second_sigint_while_a_worker_is_shielded() {
    assert_best_of(3, SECOND + LATE, || {
        let mut app = phases(&[
            "start=spawn:worker,pass:in",
            "worker=shield:held,say:W+,open:in,line,say:W-,unshield,hang",
            "run=accepted,hang",
        ])
        .spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        app.expect("accepted");
        pause_past_debounce();
        app.send_signal(SIGINT);
        // That it says who is in the way shows that it has taken the signal, and waits.
        app.expect_stderr(&["held"]);
        app.assert_running_without("W-");
        app.send_line("go");
        let left = app.expect("W-");
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_stdout(&["S+", "W+", "S-", "R+", "accepted", "W-"]);
        output.duration_since(left)
    });
}

#[test]
fn row_28_sigterm_then_sigint() {
    insist_after(SIGTERM);
}

/// The limit is named, and `run` has its second. Then nothing can end it.
#[test]
fn row_35_run_takes_too_long() {
    assert_best_of(3, LIMIT + SECOND + LATE, || {
        let mut app = phases(&["run=accepted,hang", "timeout-run=400"]).spawn();
        app.expect("R+");
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        let output = app.wait();
        output
            .assert_code(124)
            .assert_stdout(&["S+", "S-", "R+", "accepted"])
            .assert_stderr(&["timeout(run)", "`run` has not ended"]);
        let took = output.duration_since(asked);
        output.assert(took >= LIMIT + SECOND, "it has not had its second");
        took
    });
}

/// The shields that are held then are waited for as long as `stop`, or as long as `run`, where `stop` has no limit.
#[test]
fn row_35_a_shield_when_run_takes_too_long() {
    for bound in ["timeout-run=600", "timeout-stop=15000"] {
        let mut app = phases(&[
            "start=spawn:worker,pass:in",
            "worker=shield:ledger,open:in,line,say:W-,unshield",
            "run=accepted,hang",
            "timeout-run=600",
            bound,
        ])
        .spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect_stderr(&["timeout(run)"]);
        app.send_line("go");
        app.wait()
            .assert_code(124)
            .assert_stdout(&["S+", "S-", "R+", "accepted", "W-"]);
    }
}

/// A shield that never ends takes nothing of these limits away.
#[test]
fn row_35_a_shield_that_never_ends() {
    for bound in ["timeout-run=400", "timeout-stop=400", "deadline=800"] {
        assert_best_of(3, 2 * LIMIT + LATE, || {
            let mut app = phases(&[
                "start=spawn:worker,pass:in",
                "worker=shield:ledger,open:in,hang",
                "run=accepted,hang",
                "timeout-run=400",
                bound,
            ])
            .spawn();
            app.expect("R+");
            let asked = Instant::now();
            app.send_signal(SIGTERM);
            let output = app.wait();
            output
                .assert_code(124)
                .assert_stderr(&["waiting for shield `ledger`"]);
            let took = output.duration_since(asked);
            output.assert(took >= 2 * LIMIT, "the shield has not had its time");
            took
        });
    }
}

/// A third SIGINT does not wait for the second.
#[test]
fn row_23_a_third_sigint_ends_the_second() {
    assert_best_of(3, LATE, || {
        let mut app = deaf();
        app.send_signal(SIGINT);
        app.expect("accepted");
        pause_past_debounce();
        app.send_signal(SIGINT);
        pause_past_debounce();
        app.assert_running_without("P+");
        let pressed = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output.assert_signal(SIGINT).assert_never("P+");
        output.duration_since(pressed)
    });
}
