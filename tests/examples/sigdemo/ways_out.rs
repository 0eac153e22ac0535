//! Every way out, at every moment: all that is due then happens, and happens once.

use aplomb_testing::Output;
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

use super::{calls, left_well, report, running, send_three, sigdemo};
use crate::support::{from_us, print_uncaptured};

/// The signals that end the program if no function is named for them.
const ENDING: [Signal; 3] = [SIGINT, SIGTERM, SIGHUP];

#[test]
fn each_ending_signal_ends_it() {
    for signal in ENDING {
        let app = running(&["USR1"]);
        app.send_signal(signal);
        left_well(&app.wait())
            .assert_signal(signal)
            .assert_in_order(&[
                "run is cancelled",
                &format!("stopping: {}", from_us(signal)),
                "calls for SIGUSR1: 0",
            ])
            .assert_no_stderr();
    }
}

/// Sends SIGUSR1 four times. The fourth time ends the program, in the way that `then` says.
fn fourth(then: &str) -> Output {
    let mut app = running(&["USR1", "USR2", "--then", then]);
    app.send_signal(SIGUSR2);
    app.expect(&report("SIGUSR2", SIGUSR2 as i32, 1));
    send_three(&mut app, "SIGUSR1", SIGUSR1 as i32);
    app.assert_running_without("run is cancelled");
    app.send_signal(SIGUSR1);
    app.wait()
}

/// Checks what `stop` says when the fourth signal has ended the program.
fn summed_up<'a>(output: &'a Output, reason: &str) -> &'a Output {
    output.assert_in_order(&[
        "run is cancelled",
        &format!("stopping: {reason}"),
        "calls for SIGUSR1: 4",
        "calls for SIGUSR2: 1",
    ])
}

#[test]
fn a_signal_becomes_an_error() {
    let output = fourth("fail");
    summed_up(left_well(&output), "a failure").assert_code(1);
    output.assert(
        output.stderr() == ["Error: \"SIGUSR1 has come once too often\""],
        "the error was to be printed, and nothing else",
    );
}

#[test]
fn a_signal_becomes_a_panic() {
    let output = fourth("panic");
    summed_up(left_well(&output), "a panic")
        .assert_code(101)
        .assert_stderr_once(&["SIGUSR1 has come once too often"]);
}

#[test]
fn a_signal_asks_for_a_good_end() {
    let output = fourth("stop");
    summed_up(left_well(&output), "SIGUSR1 has come often enough")
        .assert_code(0)
        .assert_no_stderr();
}

#[test]
fn process_exit_runs_the_exit_functions() {
    let output = fourth("exit");
    left_well(&output)
        .assert_code(3)
        .assert_never("run is cancelled")
        .assert_no_stderr();
}

/// Each signal is reported as soon as there are functions for it. A signal that ends the program does so in one
/// of two ways: before anything has begun it kills the program, as it would without us, and later all that is
/// due is done.
#[test]
fn a_signal_may_come_at_any_moment_of_its_start() {
    let (mut early, mut began, mut ran) = (0, 0, 0);
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2] {
        for moment in 0..20 {
            let app = sigdemo(&["USR1", "USR2"]).spawn();
            // Each signal comes a little later than the one before.
            for _ in 0..moment * 10 {
                std::thread::yield_now();
            }
            app.send_signal(signal);
            // SIGTERM ends the program where the first signal is only reported.
            app.send_signal(SIGTERM);
            let output = app.wait();
            output.assert_no_stderr();
            let died_by = |signal: Signal| output.signal() == Some(signal as i32);
            if output.stdout().is_empty() {
                output.assert(died_by(signal) || died_by(SIGTERM), "it was to die");
                early += 1;
                continue;
            }
            left_well(&output);
            let ends_it = died_by(signal) && ENDING.contains(&signal);
            output.assert(ends_it || died_by(SIGTERM), "another end was due");
            let calls = [SIGUSR1, SIGUSR2].map(|signal| calls(&output, signal));
            output.assert(calls[0] + calls[1] <= 1, "one was sent");
            match output.count("run is cancelled") {
                0 => began += 1,
                _ => ran += 1,
            }
        }
    }
    print_uncaptured(&format!(
        "sigdemo: {early} signals before it began, {began} in start, {ran} in run"
    ));
}
