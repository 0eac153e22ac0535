//! Tests that are started in the background of a script, or under `nohup`: with signals ignored, and blocked.

#![cfg(target_os = "linux")]

use std::env;

use aplomb_testing::{Command, Process, Signal, SignalField, SignalSet};
use nix::unistd::getpgid;

const INHERITED: [Signal; 5] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
];

/// Has the test of that name go on in the background, in this program once more.
fn in_background(name: &str, test: impl FnOnce()) {
    const MARK: &str = "APLOMB_IN_BACKGROUND";
    if env::var_os(MARK).is_some() {
        assert_in_background();
        return test();
    }
    let mut command = Command::new(env::current_exe().expect("it has a path"));
    for signal in INHERITED {
        command = command.ignore_signal(signal).block_signal(signal);
    }
    let command = command.args(["--exact", name]).env(MARK, "1");
    let output = command.spawn().wait();
    output.assert_code(0);
    let passed = output.stdout().iter().any(|line| line.contains("1 passed"));
    output.assert(passed, "the test was to be there");
}

fn assert_in_background() {
    let status = std::fs::read_to_string("/proc/thread-self/status").expect("there is /proc");
    for field in [SignalField::Blocked, SignalField::Ignored] {
        let set = SignalSet::from_status(&status, field);
        let missing = INHERITED.iter().find(|&&signal| !set.contains(signal));
        assert_eq!(missing, None, "the test itself was to have it: {field:?}");
    }
}

/// The blocked and the ignored signals of a program, by its own word.
fn signals_of(command: Command) -> [Vec<Signal>; 2] {
    let output = command.arg("/proc/self/status").spawn().wait();
    let status = output.assert_code(0).stdout().join("\n");
    [SignalField::Blocked, SignalField::Ignored]
        .map(|field| SignalSet::from_status(&status, field).named())
}

#[test]
fn a_program_begins_with_default_signals() {
    in_background("a_program_begins_with_default_signals", || {
        assert_eq!(signals_of(Command::new("cat")), [[], []]);
    });
}

#[test]
fn so_does_the_reader_of_a_pipeline() {
    in_background("so_does_the_reader_of_a_pipeline", || {
        let child = Command::new("cat").in_pipeline().spawn();
        // The reader leads the group, and its number is the group's.
        let reader = getpgid(Some(child.pid())).expect("the child is there");
        let ignored = Process::of(reader).signals(SignalField::Ignored);
        assert_eq!(ignored.named(), []);
        child.send_signal_to_group(Signal::SIGINT);
        child.wait().assert_signal(Signal::SIGINT);
    });
}

#[test]
fn a_program_has_what_its_test_asks_for() {
    in_background("a_program_has_what_its_test_asks_for", || {
        let command = Command::new("cat")
            .ignore_signal(Signal::SIGINT)
            .block_signal(Signal::SIGTERM);
        let own = [[Signal::SIGTERM], [Signal::SIGINT]];
        assert_eq!(signals_of(command), own);
    });
}

/// The program is the test's own child from its first instruction on: there is none before it that a signal could end.
#[test]
fn a_signal_at_its_birth_meets_the_program() {
    in_background("a_signal_at_its_birth_meets_the_program", || {
        for _ in 0..100 {
            let cat = Command::new("cat").ignore_signal(Signal::SIGHUP).spawn();
            cat.send_signal(Signal::SIGHUP);
            cat.send_signal(Signal::SIGINT);
            cat.wait().assert_signal(Signal::SIGINT);
        }
    });
}

#[test]
fn a_program_that_is_not_there_is_an_error_of_the_test() {
    in_background(
        "a_program_that_is_not_there_is_an_error_of_the_test",
        || {
            let started = std::panic::catch_unwind(|| Command::new("/nonexistent").spawn());
            assert!(started.is_err(), "it cannot be started");
        },
    );
}
