//! Every way out, and at every moment: what is due then, once.

use nix::libc;
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

use super::{calls, left_well, report, running, send_three, sigdemo};
use crate::support::{Ending, from_us, say_aloud};

/// The signals that end it where they are not named.
const ENDING: [Signal; 3] = [SIGINT, SIGTERM, SIGHUP];

#[test]
fn each_ending_signal_ends_it() {
    for signal in ENDING {
        let app = running(&["USR1"]);
        app.signal(signal);
        left_well(&app.finish())
            .died_by(signal)
            .in_order(&[
                "run is cancelled",
                &format!("stopping: {signal} {}", from_us()),
                "calls for SIGUSR1: 0",
            ])
            .quiet();
    }
}

/// The fourth ends it, each in its way.
fn fourth(then: &str) -> Ending {
    let mut app = running(&["USR1", "RTMIN", "--then", then]);
    app.signal_by_number(libc::SIGRTMIN());
    app.expect(&report("SIGRTMIN", libc::SIGRTMIN(), 1));
    send_three(&mut app, "SIGUSR1", SIGUSR1 as i32);
    app.is_going_on("run is cancelled");
    app.signal(SIGUSR1);
    app.finish()
}

/// What `stop` says after the fourth.
fn summed_up<'a>(ending: &'a Ending, reason: &str) -> &'a Ending {
    ending.in_order(&[
        "run is cancelled",
        &format!("stopping: {reason}"),
        "calls for SIGUSR1: 4",
        "calls for SIGRTMIN: 1",
    ])
}

#[test]
fn a_signal_becomes_an_error() {
    let ending = fourth("fail");
    summed_up(left_well(&ending), "a failure").exited(1);
    ending.check(
        ending.stderr() == ["Error: \"SIGUSR1 has come once too often\""],
        "the error was to be printed, and nothing else",
    );
}

#[test]
fn a_signal_becomes_a_panic() {
    let ending = fourth("panic");
    summed_up(left_well(&ending), "a panic")
        .exited(101)
        .complained_once("SIGUSR1 has come once too often");
}

#[test]
fn a_signal_asks_for_a_good_end() {
    let ending = fourth("stop");
    summed_up(left_well(&ending), "SIGUSR1 has come often enough")
        .exited(0)
        .quiet();
}

#[test]
fn process_exit_runs_the_exit_functions() {
    let ending = fourth("exit");
    left_well(&ending)
        .exited(3)
        .never("run is cancelled")
        .quiet();
}

/// Each is reported once there are functions, and what ends it does so in one of two ways: as it would
/// without us, before anything has begun, or with all that is due.
#[test]
fn a_signal_may_come_at_any_moment_of_its_start() {
    let (mut early, mut began, mut ran) = (0, 0, 0);
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2] {
        for moment in 0..20 {
            let app = sigdemo(&["USR1", "USR2"]).spawn();
            // Each a little later than the one before.
            for _ in 0..moment * 10 {
                std::thread::yield_now();
            }
            app.signal(signal);
            // It ends those that are reported.
            app.signal(SIGTERM);
            let ending = app.finish();
            ending.quiet();
            let died_by = |signal: Signal| ending.signal() == Some(signal as i32);
            if ending.stdout().is_empty() {
                ending.check(died_by(signal) || died_by(SIGTERM), "it was to die");
                early += 1;
                continue;
            }
            left_well(&ending);
            let ends_it = died_by(signal) && ENDING.contains(&signal);
            ending.check(ends_it || died_by(SIGTERM), "another end was due");
            let calls = [SIGUSR1, SIGUSR2].map(|signal| calls(&ending, signal));
            ending.check(calls[0] + calls[1] <= 1, "one was sent");
            match ending.count("run is cancelled") {
                0 => began += 1,
                _ => ran += 1,
            }
        }
    }
    say_aloud(&format!(
        "sigdemo: {early} signals before it began, {began} in start, {ran} in run"
    ));
}
