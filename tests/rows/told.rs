//! What the program is told of signals while it goes on: functions of `on`, and of `on_signal`.

use aplomb_testing::{Capability, Child, SignalField, wait_until};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM, SIGUSR1};

use crate::programs::phases;
use crate::support::{OutputExt, available, from_us};

/// Sends a signal, and returns when its handler has begun: so the kernel does not merge it with the next.
fn deliver(app: &Child, signal: Signal) {
    app.send_signal(signal);
    wait_until("the signal is delivered", || {
        let process = app.process();
        let pending = [SignalField::Pending, SignalField::SharedPending];
        pending
            .iter()
            .all(|&field| !process.signals(field).contains(signal))
    });
}

/// The counts that `told` lines of this signal have, which we have sent.
fn counts(lines: &[String]) -> Vec<u32> {
    let begins = format!("{} x", from_us(SIGUSR1));
    let counts = lines.iter().filter_map(|line| line.strip_prefix(&begins));
    counts
        .map(|count| count.parse().expect("a number"))
        .collect()
}

#[test]
fn row_167_who_has_sent_a_signal_and_how_many_it_stands_for() {
    for script in [
        &["run=wait", "usr1=line"][..],
        &["usr1=line", "components=yes"],
    ] {
        let mut app = phases(script).args(["told=yes"]).spawn();
        app.expect(if script[0] == "run=wait" {
            "R+"
        } else {
            "cache R+"
        });
        deliver(&app, SIGUSR1);
        app.expect("usr1+");
        for _ in 0..3 {
            deliver(&app, SIGUSR1);
        }
        app.send_line("go");
        app.expect("usr1-");
        app.expect("usr1+");
        app.send_line("go");
        app.expect("usr1-");
        // Room for a third call, if the handler of the last signal came late.
        app.send_line("go");
        app.send_signal(SIGTERM);
        let output = app.wait();
        output.assert_signal(SIGTERM).assert_only_waiting();
        let counts = counts(&output.stdout());
        let is_right = counts[0] == 1 && counts.iter().sum::<u32>() == 4 && !counts.contains(&0);
        output.assert(is_right, "each of the four signals was to be counted once");
    }
}

/// Those that have come in `start` count for the first call, and each counts once, however they come.
#[test]
fn row_167_signals_of_start_and_in_a_burst() {
    let mut app = phases(&["start=say:in,line", "run=wait", "usr1=ok", "told=yes"]).spawn();
    app.expect("in");
    deliver(&app, SIGUSR1);
    deliver(&app, SIGUSR1);
    app.send_line("go");
    let begins = format!("{} x", from_us(SIGUSR1));
    app.expect(&format!("{begins}2"));
    for _ in 0..100 {
        deliver(&app, SIGUSR1);
    }
    // This fails, after a while, if a signal is not counted.
    let mut told = 2;
    while told < 102 {
        told += app.expect_prefix(&begins).parse::<u32>().expect("a number");
    }
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_only_waiting();
    let counts = counts(&output.stdout());
    output.assert(counts.iter().sum::<u32>() == 102, "none counts twice");
}

/// What a function of `on_signal` was told of such signals, which we have sent.
fn told(signal: Signal, count: u32) -> String {
    format!("told {} x{count}", from_us(signal))
}

#[test]
fn row_169_further_signals_in_stop() {
    let mut app = phases(&["start=on-signal:told", "run=wait", "stop=say:in,line"]).spawn();
    app.expect("R+");
    for signal in [SIGTERM, SIGINT, SIGHUP, SIGTERM] {
        deliver(&app, signal);
        app.expect(&told(signal, 1));
        if signal == SIGTERM && !app.has_printed("in") {
            app.expect("in");
        }
    }
    app.send_line("go");
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_only_waiting();
    output.assert_in_order(&["P+", "in", "P-"]);
}

/// Several that come while a function is called are one, each kind by itself.
#[test]
fn row_169_signals_that_come_meanwhile() {
    let mut app = phases(&["start=on-signal:told", "told=say:+,line", "run=wait"]).spawn();
    app.expect("R+");
    deliver(&app, SIGTERM);
    app.expect("+");
    for signal in [SIGHUP, SIGTERM, SIGHUP, SIGTERM, SIGTERM] {
        deliver(&app, signal);
    }
    wait_until("stop has ended", || app.has_printed("P-"));
    // From here on the function does not wait any more.
    app.close_stdin();
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_only_waiting();
    let lines = output.stdout();
    let count = |signal| {
        let begins = told(signal, 0);
        let begins = begins.trim_end_matches('0');
        let of_these = lines.iter().filter_map(|line| line.strip_prefix(begins));
        let counts = of_these.map(|count| count.parse::<u32>().expect("a number"));
        counts.sum::<u32>()
    };
    assert_eq!((count(SIGTERM), count(SIGHUP)), (4, 2));
    // Each call was for several, or each signal would have had one.
    output.assert(output.count("+") < 6, "the five were to be told together");
}

#[test]
fn row_169_what_came_before_is_not_told() {
    let mut app = phases(&["run=wait", "stop=on-signal:told,say:in,line"]).spawn();
    app.expect("R+");
    deliver(&app, SIGTERM);
    app.expect("in");
    deliver(&app, SIGINT);
    app.expect(&told(SIGINT, 1));
    app.send_line("go");
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_only_waiting();
    output.assert_never(&told(SIGTERM, 1));
}

#[test]
fn row_169_a_function_that_panics() {
    let script = [
        "start=on-signal:torn,on-signal:told",
        "torn=panic:torn",
        "run=wait",
        "stop=line",
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    for signal in [SIGTERM, SIGINT] {
        deliver(&app, signal);
        app.expect(&told(signal, 1));
    }
    app.send_line("go");
    let output = app.wait();
    output.assert_code(101).assert_in_order(&["P+", "P-"]);
    output.assert_stderr_once(&["torn"]);
}

/// The exit waits for a function that is being called, and names it.
#[test]
fn row_169_the_exit_waits() {
    let mut app = phases(&["start=on-signal:told", "told=line,say:whole", "run=wait"]).spawn();
    app.expect("R+");
    deliver(&app, SIGTERM);
    app.expect("P-");
    app.expect_stderr(&["waiting for function of `on_signal` (", "plain.rs:"]);
    app.send_line("go");
    let output = app.wait();
    output
        .assert_signal(SIGTERM)
        .assert_in_order(&["P-", "whole"]);
}

/// After an app that was a part of a program nothing can arrive.
#[test]
fn row_169_the_thread_ends_with_the_app() {
    if !available(Capability::Linux, "row_169") {
        return;
    }
    let mut program = phases(&["start=on-signal:told", "run=wait", "embedded=once"]).spawn();
    program.expect("R+");
    let has_thread = |program: &Child| {
        let threads = program.process().threads();
        // Linux cuts names after 15 bytes.
        threads
            .iter()
            .any(|thread| thread.name == "aplomb-on-signa")
    };
    wait_until("the thread is there", || has_thread(&program));
    deliver(&program, SIGTERM);
    program.expect("alone");
    wait_until("the thread has ended", || !has_thread(&program));
    program.send_line("go");
    program.wait().assert_code(0).assert_once(&told(SIGTERM, 1));
}
