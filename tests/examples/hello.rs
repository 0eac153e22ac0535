use std::fs;
use std::thread;
use std::time::Duration;

use aplomb_testing::{Child, Command, Output, Sink, wait_until};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGKILL, SIGTERM};
use tempfile::TempDir;

use super::program::example;
use crate::support::two_presses;

const ENTRY: &str = "first half\nsecond half\n";
const BEGINS: &str = "an entry begins,";
const WHOLE: &str = "  and is whole";

/// Starts it with temporary files of its own.
fn start(surroundings: impl FnOnce(Command) -> Command) -> (Child, TempDir) {
    let place = TempDir::new().unwrap();
    let hello = surroundings(example("hello").env("TMPDIR", place.path()));
    (hello.spawn(), place)
}

/// Sends the signal when that line has come. Returns the file as well.
fn interrupt_after(line: &str, signal: Signal) -> (Output, String) {
    let (mut hello, place) = start(|hello| hello);
    hello.expect(line);
    hello.send_signal(signal);
    let output = hello.wait();
    (
        output,
        fs::read_to_string(place.path().join("hello.log")).unwrap(),
    )
}

/// How many entries are in the file, all of them whole.
#[track_caller]
fn entries(log: &str) -> usize {
    let entries = log.strip_suffix("the end\n").expect("`stop` was to run");
    assert_eq!(entries.replace(ENTRY, ""), "", "not all of this is whole");
    entries.matches(ENTRY).count()
}

#[test]
fn an_entry_that_has_begun_is_completed() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let (output, log) = interrupt_after(BEGINS, signal);
        output
            .assert_signal(signal)
            .assert_in_order(&[BEGINS, WHOLE, "stopped"])
            .assert_no_stderr();
        assert_eq!(entries(&log), output.count(WHOLE));
    }
}

#[test]
fn between_two_entries_it_stops() {
    let (output, log) = interrupt_after(WHOLE, SIGINT);
    output
        .assert_signal(SIGINT)
        .assert_in_order(&[BEGINS, WHOLE, "stopped"])
        .assert_no_stderr();
    assert_eq!(entries(&log), output.count(WHOLE));
}

/// However soon the second Ctrl-C follows, and in whichever line of the program: the end is written.
#[test]
fn two_presses_at_any_moment() {
    // One period of the program: an entry, and the pause after it.
    two_presses(Duration::from_secs(1), |first, second| {
        let (mut hello, place) = start(|hello| hello);
        hello.expect(BEGINS);
        thread::sleep(first);
        hello.send_signal(SIGINT);
        thread::sleep(second);
        hello.send_signal(SIGINT);
        hello.wait().assert_signal(SIGINT);
        let log = fs::read_to_string(place.path().join("hello.log")).unwrap();
        assert!(entries(&log) > 0, "{first:?} {second:?}: {log}");
    });
}

/// What no program can do anything about.
#[test]
fn killed_it_may_leave_half_an_entry() {
    let (output, log) = interrupt_after(BEGINS, SIGKILL);
    output
        .assert_signal(SIGKILL)
        .assert_never("stopped")
        .assert_no_stderr();
    assert!(ENTRY.repeat(100).starts_with(&log), "{log}");
}

/// `println!` panics then; `stop` runs all the same.
#[test]
fn without_a_reader_it_fails() {
    let (hello, place) = start(|hello| hello.stdout(Sink::Closed));
    hello
        .wait()
        .assert_code(101)
        .assert_stderr(&["failed printing to stdout"]);
    let log = fs::read_to_string(place.path().join("hello.log")).unwrap();
    assert_eq!(entries(&log), 0);
}

#[test]
fn without_a_place_for_its_file_it_fails() {
    example("hello")
        .env("TMPDIR", "/nonexistent")
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&["NotFound"]);
}

/// One Ctrl-C on `hello | cat` ends `cat` at once: the end is written all the same.
#[test]
fn the_reader_of_a_pipeline_dies_of_the_same_ctrl_c() {
    for _ in 0..5 {
        let (hello, place) = start(Command::in_pipeline);
        let log = place.path().join("hello.log");
        let has = |text: &str| fs::read_to_string(&log).is_ok_and(|log| log.contains(text));
        wait_until("an entry has begun", || has("first half"));
        hello.send_signal_to_group(SIGINT);
        hello.wait().assert_signal(SIGINT).assert_no_stderr();
        assert_eq!(entries(&fs::read_to_string(&log).unwrap()), 1);
    }
}
