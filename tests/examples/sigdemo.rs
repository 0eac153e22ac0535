//! Every signal that is named is reported, whatever sent it and however many come; every other one, and every
//! other way out, ends the program as it should.

mod keys;
mod refused;
mod ways_out;

use aplomb_testing::{Child, Command, Output, wait_until};
use nix::sys::signal::Signal::{
    self, SIGCONT, SIGHUP, SIGSTOP, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
};

use super::program::example;
use crate::support::from_us;
use refused::REFUSED;

fn sigdemo(words: &[&str]) -> Command {
    example("sigdemo").args(words)
}

/// Started, and so far that it waits for signals.
fn running(words: &[&str]) -> Child {
    let mut app = sigdemo(words).spawn();
    app.expect_prefix("process ");
    app
}

/// How the program speaks of a signal.
fn report(name: &str, number: i32, count: u32) -> String {
    format!("{name} ({number}): {count} of 3")
}

fn report_of(signal: Signal, count: u32) -> String {
    report(signal.as_str(), signal as i32, count)
}

/// Sends it three times, and waits for each report.
fn send_three(app: &mut Child, name: &str, number: i32) {
    for count in 1..=3 {
        app.send_signal_number(number);
        app.expect(&report(name, number, count));
    }
    app.expect(&format!("{name} is not reported any more"));
}

/// What the exit functions say.
const REGISTERED: [&str; 2] = [
    "exit function: registered last, called first",
    "exit function: registered first, called last",
];

/// The exit functions, once each, at the very end.
#[track_caller]
fn left_well(output: &Output) -> &Output {
    let said = output.stdout();
    let last = said.len().saturating_sub(REGISTERED.len());
    output.assert(
        said[last..] == REGISTERED,
        "the exit functions were due last",
    );
    for line in REGISTERED {
        output.assert_once(line);
    }
    output
}

#[test]
fn every_signal_is_reported_three_times() {
    let names: Vec<_> = (1..=64)
        .filter_map(aplomb::signal::name)
        .filter(|name| !REFUSED.contains(&&**name) && name != "SIGTERM")
        .collect();
    // With `SIG` and without, in capitals and not.
    let words: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(position, name)| match position % 4 {
            0 => name.to_string(),
            1 => name[3..].to_owned(),
            2 => name.to_lowercase(),
            _ => name[3..].to_lowercase(),
        })
        .collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let mut app = sigdemo(&words).spawn();
    let reports = format!(" reports {}", names.join(" "));
    assert!(app.expect_prefix("process ").ends_with(reports.trim()));
    for name in &names {
        let number = aplomb::signal::number(name).expect("it has been one");
        send_three(&mut app, name, number);
    }
    app.send_signal(SIGTERM);
    let output = app.wait();
    left_well(&output).assert_signal(SIGTERM).assert_no_stderr();
    for name in &names {
        output.assert_once(&format!("calls for {name}: 3"));
    }
    assert!(names.len() > 15, "only {} signals", names.len());
}

#[test]
fn signals_are_reported_in_their_order() {
    let mut app = running(&["USR1", "USR2", "WINCH"]);
    let mut due = Vec::new();
    for (count, signals) in [
        (1, [SIGUSR1, SIGUSR2, SIGWINCH]),
        (2, [SIGWINCH, SIGUSR1, SIGUSR2]),
        (3, [SIGUSR2, SIGWINCH, SIGUSR1]),
    ] {
        for signal in signals {
            app.send_signal(signal);
            app.expect(&report_of(signal, count));
            due.push(report_of(signal, count));
        }
    }
    app.send_signal(SIGTERM);
    let output = app.wait();
    let said = output.stdout();
    let reports: Vec<_> = said.iter().filter(|line| line.ends_with(" of 3")).collect();
    output.assert(reports == due.iter().collect::<Vec<_>>(), "another order");
    left_well(&output)
        .assert_signal(SIGTERM)
        .assert_in_order(&[
            "run is cancelled",
            &format!("stopping: {}", from_us(SIGTERM)),
            "calls for SIGUSR1: 3",
            "calls for SIGUSR2: 3",
            "calls for SIGWINCH: 3",
        ])
        .assert_no_stderr();
}

/// As a shell with job control does it, and as `kill -- -NUMBER` does.
#[test]
fn a_signal_to_its_group_is_one_to_it() {
    let mut app = sigdemo(&["USR1", "CONT"]).in_new_process_group().spawn();
    app.expect_prefix("process ");
    for count in 1..=3 {
        app.send_signal_to_group(SIGUSR1);
        app.expect(&report_of(SIGUSR1, count));
    }
    app.send_signal_to_group(SIGSTOP);
    app.wait_until_suspended();
    app.send_signal_to_group(SIGCONT);
    app.expect(&report_of(SIGCONT, 1));
    app.send_signal_to_group(SIGHUP);
    left_well(&app.wait())
        .assert_signal(SIGHUP)
        .assert_once("calls for SIGCONT: 1")
        .assert_no_stderr();
}

/// However many come, three of each are reported.
#[test]
fn a_burst() {
    let app = running(&["USR1", "USR2"]);
    for _ in 0..1_000 {
        app.send_signal(SIGUSR1);
        app.send_signal(SIGUSR2);
    }
    // Each has been heard at least once; as many more as it takes.
    for signal in [SIGUSR1, SIGUSR2] {
        wait_until("it has been reported three times", || {
            app.send_signal(signal);
            app.has_printed(&report_of(signal, 3))
        });
    }
    app.send_signal(SIGTERM);
    let output = app.wait();
    left_well(&output).assert_signal(SIGTERM).assert_no_stderr();
    for signal in [SIGUSR1, SIGUSR2] {
        for count in 1..=3 {
            output.assert_once(&report_of(signal, count));
        }
        output.assert_once(&format!("{signal} is not reported any more"));
        let calls = calls(&output, signal);
        output.assert(calls >= 3, "it was reported three times");
    }
}

/// What `stop` has said of a signal.
fn calls(output: &Output, signal: Signal) -> u32 {
    let said = output.stdout();
    let beginning = format!("calls for {signal}: ");
    let mut counts = said.iter().filter_map(|line| line.strip_prefix(&beginning));
    let count = counts.next().expect("stop sums up");
    count.parse().expect("a number")
}
