//! Signals that come again, and other ones after the first.

use std::collections::BTreeMap;
use std::time::Instant;

#[cfg(unix)]
use aplomb_testing::Signal::SIGCONT;
use aplomb_testing::Signal::{SIGHUP, SIGINT, SIGTERM};
use aplomb_testing::{Capability, Child, assert_best_of, wait_until};

use super::start_stop::AT_ONCE;
use crate::programs::phases;
use crate::support::{DEBOUNCE, available, pause_past_debounce};

fn ten_interrupts(app: &mut Child) {
    for _ in 0..9 {
        pause_past_debounce();
        app.send_signal(SIGINT);
    }
}

#[test]
fn row_25_ten_interrupts_in_start() {
    let mut app = phases(&["start=accepted,line,say:built", "run=wait"]).spawn();
    app.expect("S+");
    app.send_signal(SIGINT);
    app.expect("accepted");
    ten_interrupts(&mut app);
    app.expect_stderr(&["start"]);
    app.assert_running_without("built");
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_stdout(&["S+", "accepted", "built", "S-", "P+", "P-"]);
}

#[test]
fn row_25_ten_interrupts_in_stop() {
    let mut app = phases(&["run=ok", "stop=seen:1,line,say:saved"]).spawn();
    app.expect("P+");
    app.send_signal(SIGINT);
    app.expect("seen 1");
    ten_interrupts(&mut app);
    app.expect_stderr(&["stop"]);
    app.assert_running_without("saved");
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "seen 1", "saved", "P-"]);
}

#[cfg(unix)]
#[test]
fn row_26_second_sigint_within_the_window() {
    if !available(Capability::Linux, "row_26") {
        return;
    }
    // Some pairs come too late on a busy machine; those prove nothing and do not count. In the shield `run` gets on
    // nevertheless.
    let mut counted = 0;
    for _ in 0..60 {
        let mut app =
            phases(&["run=accepted,shield:it,line,delivered:INT,say:done,unshield"]).spawn();
        app.expect("R+");
        let first = Instant::now();
        app.send_signal(SIGINT);
        app.expect("accepted");
        app.send_signal(SIGINT);
        app.send_line("go");
        app.expect("done");
        // By now the second has been delivered.
        if first.elapsed() >= DEBOUNCE {
            continue;
        }
        app.wait()
            .assert_signal(SIGINT)
            .assert_stdout(&["S+", "S-", "R+", "accepted", "done", "R-", "P+", "P-"])
            .assert_no_stderr();
        counted += 1;
        if counted == 20 {
            return;
        }
    }
    panic!("only {counted} of 60 pairs came within the window");
}

/// A hundred of them, while the phase waits for a line.
fn hundred_sigterms(script: &[&str], phase: &str, lines: &[&str]) {
    let mut app = phases(script).spawn();
    app.expect(phase);
    app.send_signal(SIGTERM);
    app.expect("seen 1");
    for _ in 1..100 {
        app.send_signal(SIGTERM);
    }
    app.send_line("go");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(lines)
        .assert_no_stderr();
}

#[cfg(unix)]
#[test]
fn row_27_hundred_sigterms() {
    if !available(Capability::Linux, "row_27") {
        return;
    }
    hundred_sigterms(
        &["start=seen:1,line,delivered:TERM", "stop=log-names"],
        "S+",
        &["S+", "seen 1", "S-", "P+", "signals SIGTERM", "P-"],
    );
    hundred_sigterms(
        &["run=seen:1,line,delivered:TERM", "stop=log-names"],
        "R+",
        &[
            "S+",
            "S-",
            "R+",
            "seen 1",
            "R-",
            "P+",
            "signals SIGTERM",
            "P-",
        ],
    );
    hundred_sigterms(
        &["run=ok", "stop=seen:1,line,delivered:TERM,log-names"],
        "P+",
        &[
            "S+",
            "S-",
            "R+",
            "R-",
            "P+",
            "seen 1",
            "signals SIGTERM",
            "P-",
        ],
    );
}

/// Without waiting for anything: they come when they come, and go on past the end.
#[test]
fn row_27_sigterms_without_an_end() {
    let mut app = phases(&["run=wait", "stop=log-names"]).spawn();
    app.expect("R+");
    wait_until("the process has ended", || {
        app.send_signal(SIGTERM);
        app.has_exited()
    });
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "signals SIGTERM", "P-"])
        .assert_no_stderr();
}

/// SIGTERM does not insist, however late it comes again.
#[test]
fn row_27_sigterm_again_after_the_window() {
    let mut app = phases(&["run=accepted,line"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("accepted");
    for _ in 0..3 {
        pause_past_debounce();
        app.send_signal(SIGTERM);
        app.send_signal(SIGHUP);
    }
    app.send_line("go");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["S+", "S-", "R+", "accepted", "R-", "P+", "P-"]);
}

/// The kernel does not keep the order of signals that are pending at the same time, and may
/// hand the second to another thread. So the first is the one that was accepted first.
#[cfg(unix)]
#[test]
fn row_29_sigterm_sighup_sigcont_in_one_burst() {
    let mut first = BTreeMap::new();
    for _ in 0..20 {
        let mut app = phases(&["run=wait", "stop=seen:2,log-names"]).spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.send_signal(SIGHUP);
        app.send_signal(SIGCONT);
        let output = app.wait();
        output
            .assert_in_order(&["R-", "P+", "seen 2", "P-"])
            .assert_once("P+")
            .assert_no_stderr();
        let signal = if output.count("signals SIGTERM SIGHUP") == 1 {
            SIGTERM
        } else {
            SIGHUP
        };
        if signal == SIGHUP {
            output.assert_once("signals SIGHUP SIGTERM");
        }
        output.assert_signal(signal);
        *first.entry(signal.as_str()).or_insert(0) += 1;
    }
    println!("row 29: accepted first: {first:?}");
}

#[cfg(unix)]
#[test]
fn row_29_sighup_and_sigcont_after_sigterm() {
    let mut app = phases(&["run=accepted,seen:2", "stop=log-names"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect("accepted");
    app.send_signal(SIGHUP);
    app.send_signal(SIGCONT);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&[
            "accepted",
            "seen 2",
            "R-",
            "P+",
            "signals SIGTERM SIGHUP",
            "P-",
        ])
        .assert_once("P+")
        .assert_no_stderr();
}

#[test]
fn row_70_force_after_two() {
    assert_best_of(3, AT_ONCE, || {
        let mut app = phases(&["run=accepted", "stop=line,say:never", "force-after=2"]).spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        app.expect("accepted");
        app.expect("P+");
        pause_past_debounce();
        let forced = Instant::now();
        app.send_signal(SIGINT);
        let output = app.wait();
        output
            .assert_signal(SIGINT)
            .assert_stdout(&["S+", "S-", "R+", "accepted", "R-", "P+"]);
        output.duration_since(forced)
    });
}

/// An app that never dies by a signal does not do so in the handler either.
#[test]
fn row_70_force_after_of_an_app_that_exits_with_codes() {
    for (policy, by_code) in [("exit=code", true), ("exit=success", false)] {
        let script = ["run=accepted", "stop=line,say:never", "force-after=2"];
        let mut app = phases(&script).arg(policy).spawn();
        app.expect("R+");
        app.send_signal(SIGINT);
        app.expect("P+");
        pause_past_debounce();
        app.send_signal(SIGINT);
        let output = app.wait();
        if by_code {
            output.assert_code(130);
        } else {
            output.assert_signal(SIGINT);
        }
        output.assert_never("never");
    }
}

/// Inside a shield too: that is what the app has asked for.
#[test]
fn row_70_force_after_three_in_a_shield() {
    let mut app = phases(&["run=accepted,shield:held,say:in,line", "force-after=3"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("in");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.expect_stderr(&["held"]);
    pause_past_debounce();
    app.assert_running_without("R-");
    app.send_signal(SIGINT);
    app.wait()
        .assert_signal(SIGINT)
        .assert_stdout(&["S+", "S-", "R+", "accepted", "in"]);
}
