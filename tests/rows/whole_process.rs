//! Guards of the whole process, such as that of a log whose lines another thread writes: each line arrives.

use aplomb_testing::Output;
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};

use crate::programs::scene;
use crate::support::OutputExt;

/// Ends an app by itself. Returns the output.
fn ended(keep: &str, way: &str) -> Output {
    scene(&["appender", keep, &format!("way={way}")])
        .spawn()
        .wait()
}

/// Which lines are to have arrived, and how many of each.
fn whole(output: &Output, start: usize, run: usize, stop: usize, exit: usize) {
    for (line, count) in [
        ("start", start),
        ("run", run),
        ("stop", stop),
        ("exit", exit),
    ] {
        output.assert(
            output.count(line) == count,
            &format!("{count} lines of {line:?} were to arrive"),
        );
    }
    output.assert_once("body");
}

/// All ways out on which phases end.
fn in_order(keep: &str, exit: usize) {
    for (way, code, run, stop) in [
        ("returns", 0, 20, 20),
        ("fails", 1, 20, 20),
        ("panics", 101, 20, 20),
        ("asks", 7, 20, 20),
        ("start-fails", 1, 0, 0),
        ("start-panics", 101, 0, 0),
    ] {
        let output = ended(keep, way);
        output.assert_code(code);
        whole(&output, 1, run, stop, exit);
    }
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let mut app = scene(&["appender", keep, "way=waits"]).spawn();
        app.expect("ready");
        app.send_signal(signal);
        let output = app.wait();
        output.assert_signal(signal).assert_only_waiting();
        whole(&output, 1, 20, 20, exit);
    }
}

#[test]
fn row_168_a_guard_in_an_exit_function() {
    in_order("keep=at-exit", 1);
    // Here no phase ends.
    let output = ended("keep=at-exit", "exits");
    output.assert_code(3);
    whole(&output, 1, 20, 0, 1);
}

#[test]
fn row_168_a_guard_in_the_configuration() {
    in_order("keep=returned", 0);
}
