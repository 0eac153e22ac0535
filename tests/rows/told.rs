//! What the program is told of signals while it goes on.

use aplomb_testing::{Child, SignalField, wait_until};
use nix::sys::signal::Signal::{self, SIGTERM, SIGUSR1};

use crate::programs::phases;
use crate::support::from_us;

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
    let begins = format!("SIGUSR1 {} x", from_us());
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
        output.assert_signal(SIGTERM).assert_no_stderr();
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
    let begins = format!("SIGUSR1 {} x", from_us());
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
    output.assert_signal(SIGTERM).assert_no_stderr();
    let counts = counts(&output.stdout());
    output.assert(counts.iter().sum::<u32>() == 102, "none counts twice");
}
