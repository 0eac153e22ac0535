use std::fs;

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGKILL, SIGTERM};
use tempfile::TempDir;

use super::program::{example, text};
use crate::support::{Ending, Program, Running, pause_past_debounce, until};

const ENTRY: &str = "first half\nsecond half\n";
const BEGINS: &str = "an entry begins,";
const WHOLE: &str = "  and is whole";

/// Starts it with temporary files of its own.
fn start(surroundings: impl FnOnce(Program) -> Program) -> (Running, TempDir) {
    let place = TempDir::new().unwrap();
    let variable = format!("TMPDIR={}", text(place.path()));
    let hello = surroundings(example("hello").under(&["env", &variable]));
    (hello.spawn(), place)
}

/// Sends the signal when that line has come. Returns the file as well.
fn interrupt_after(line: &str, signal: Signal) -> (Ending, String) {
    let (mut hello, place) = start(|hello| hello);
    hello.expect(line);
    hello.signal(signal);
    let ending = hello.finish();
    (
        ending,
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
        let (ending, log) = interrupt_after(BEGINS, signal);
        ending
            .died_by(signal)
            .in_order(&[BEGINS, WHOLE, "stopped"])
            .quiet();
        assert_eq!(entries(&log), ending.count(WHOLE));
    }
}

#[test]
fn between_two_entries_it_stops() {
    let (ending, log) = interrupt_after(WHOLE, SIGINT);
    ending
        .died_by(SIGINT)
        .in_order(&[BEGINS, WHOLE, "stopped"])
        .quiet();
    assert_eq!(entries(&log), ending.count(WHOLE));
}

/// A second Ctrl-C ends the program without `stop`, if it comes before `run` has ended, but not
/// within an entry.
#[test]
fn an_entry_is_whole_when_the_user_insists() {
    let (mut hello, place) = start(|hello| hello);
    hello.expect(BEGINS);
    hello.signal(SIGINT);
    pause_past_debounce();
    hello.signal(SIGINT);
    hello.finish().died_by(SIGINT);
    let log = fs::read_to_string(place.path().join("hello.log")).unwrap();
    let entries = log.strip_suffix("the end\n").unwrap_or(&log);
    assert_eq!(entries.replace(ENTRY, ""), "", "not all of this is whole");
}

/// What no program can do anything about.
#[test]
fn killed_it_may_leave_half_an_entry() {
    let (ending, log) = interrupt_after(BEGINS, SIGKILL);
    ending.died_by(SIGKILL).never("stopped").quiet();
    assert!(ENTRY.repeat(100).starts_with(&log), "{log}");
}

/// `println!` panics then; `stop` runs all the same.
#[test]
fn without_a_reader_it_fails() {
    let (hello, place) = start(Program::with_stdout_gone);
    hello
        .finish()
        .exited(101)
        .complained_of(&["failed printing to stdout"]);
    let log = fs::read_to_string(place.path().join("hello.log")).unwrap();
    assert_eq!(entries(&log), 0);
}

#[test]
fn without_a_place_for_its_file_it_fails() {
    example("hello")
        .under(&["env", "TMPDIR=/nonexistent"])
        .spawn()
        .finish()
        .exited(1)
        .said(&[])
        .complained_once("NotFound");
}

/// One Ctrl-C on `hello | cat` ends `cat` at once: the end is written all the same.
#[test]
fn the_reader_of_a_pipeline_dies_of_the_same_ctrl_c() {
    for _ in 0..5 {
        let (hello, place) = start(Program::piped_into_a_reader);
        let log = place.path().join("hello.log");
        let has = |text: &str| fs::read_to_string(&log).is_ok_and(|log| log.contains(text));
        until("an entry has begun", || has("first half"));
        hello.signal_pipeline(SIGINT);
        hello.finish().died_by(SIGINT).quiet();
        assert_eq!(entries(&fs::read_to_string(&log).unwrap()), 1);
    }
}
