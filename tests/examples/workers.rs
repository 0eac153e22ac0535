use std::fs;
use std::io::Write;

use aplomb_testing::{Capability, Command, Sink};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
use tempfile::TempDir;

use super::program::is_misused;
use super::program::{example, helps, make_fifo, open_once_read, text};
use crate::support::{available, from_us};

/// Rounds so far apart that there is only one.
const ONE_ROUND: [&str; 2] = ["--every", "3600"];

fn workers(count: &str, files: &[&str]) -> Command {
    example("workers")
        .args(["--workers", count])
        .args(&ONE_ROUND)
        .args(files)
}

/// A folder with these files, and their paths.
fn files<const N: usize>(contents: [&str; N]) -> (TempDir, [String; N]) {
    let place = TempDir::new().unwrap();
    let mut number = 0;
    let paths = contents.map(|content| {
        number += 1;
        let path = place.path().join(format!("file {number}"));
        fs::write(&path, content).unwrap();
        text(&path).to_owned()
    });
    (place, paths)
}

/// How the program speaks of a file.
fn line(path: &str, content: &str) -> String {
    format!("{path}: {:08x}", crc32fast::hash(content.as_bytes()))
}

#[test]
fn says_what_has_changed() {
    let (_place, [one, two]) = files(["1", "2"]);
    let mut app = example("workers")
        .args(["--every", "1", &one, &two])
        .spawn();
    app.expect_all(&[&line(&one, "1"), &line(&two, "2")]);
    fs::write(&two, "II").unwrap();
    app.expect(&line(&two, "II"));
    app.send_signal(SIGINT);
    let output = app.wait();
    output
        .assert_signal(SIGINT)
        .assert_stderr_once(&[&format!("stopping: {}", from_us(SIGINT))]);
    assert_eq!(
        output.stdout().len(),
        3,
        "what has not changed is not said again"
    );
}

#[test]
fn the_job_in_hand_is_finished_and_the_rest_is_counted() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let (place, [one, two]) = files(["1", "2"]);
        let path = place.path().join("slow");
        make_fifo(&path);
        let slow = text(&path);
        let mut app = workers("1", &[slow, &one, &two]).spawn();
        let mut pipe = open_once_read(&path);
        pipe.write_all(b"half ").unwrap();
        app.send_signal(signal);
        app.expect_stderr(&["waiting for shield `look_at`", "workers.rs", "`worker 1`"]);
        // Longer than 100 ms after the first. To insist does not cut it either.
        app.send_signal(signal);
        app.assert_running_without(&line(slow, "half "));
        pipe.write_all(b"and half").unwrap();
        drop(pipe);
        app.wait()
            .assert_signal(signal)
            .assert_stdout(&[&line(slow, "half and half")])
            .assert_stderr_once(&["worker 1: 1 jobs done, 2 left"]);
    }
}

/// The other worker finishes the job that it has in hand.
#[test]
fn a_worker_that_fails_stops_the_app() {
    let (place, [one]) = files(["1"]);
    let [slow, gate, missing] = ["slow", "gate", "missing"].map(|name| place.path().join(name));
    make_fifo(&slow);
    make_fifo(&gate);
    // Dealt out in turn: the first worker gets `slow` and `one`, the second `gate` and `missing`.
    let mut app = workers("2", &[text(&slow), text(&gate), &one, text(&missing)]).spawn();
    let mut pipe = open_once_read(&slow);
    drop(open_once_read(&gate));
    app.expect_stderr(&["waiting for shield `look_at`", "`worker 1`"]);
    pipe.write_all(b"late").unwrap();
    drop(pipe);
    app.wait()
        .assert_code(1)
        .assert_stdout(&[&line(text(&gate), ""), &line(text(&slow), "late")])
        .assert_stderr_once(&["stopping: thread `worker 2` has ended"])
        .assert_stderr_once(&["worker 1: 1 jobs done, 1 left"])
        .assert_stderr_once(&["worker 2: 1 jobs done, 1 left"])
        .assert_stderr_once(&["worker 2 has failed: cannot read "]);
}

#[test]
fn a_worker_that_panics_stops_the_app() {
    let (_place, [one, two]) = files(["1", "2"]);
    let output = workers("1", &[&one, &two])
        .stdout(Sink::Closed)
        .spawn()
        .wait();
    output
        .assert_code(101)
        .assert_stderr_once(&["failed printing to stdout"])
        .assert_stderr_once(&["stopping: "])
        .assert_stderr_once(&["worker 1: 0 jobs done, 2 left"])
        .assert_stderr_once(&["worker 1 has panicked"]);
}

/// With a signal too: a failure is told in any case.
#[test]
fn a_failure_beats_a_signal() {
    if !available(Capability::Linux, "a_failure_beats_a_signal") {
        return;
    }
    let (place, [_one]) = files(["1"]);
    let path = place.path().join("slow");
    make_fifo(&path);
    // Not one that nobody reads: from the request on a line to that goes nowhere.
    let app = workers("1", &[text(&path)]);
    let mut app = app.stdout(Sink::NoSpace).spawn();
    let pipe = open_once_read(&path);
    app.send_signal(SIGTERM);
    app.expect_stderr(&["waiting for shield `look_at`"]);
    drop(pipe);
    app.wait()
        .assert_code(101)
        .assert_stderr_once(&[&format!("stopping: {}", from_us(SIGTERM))])
        .assert_stderr_once(&["worker 1 has panicked"]);
}

#[test]
fn wrong_arguments_are_told() {
    let none = is_misused(workers("1", &[]), "required arguments");
    none.assert_stderr(&["<FILE>"]);
    is_misused(workers("0", &["x"]), "'0'");
    helps("workers");
}
