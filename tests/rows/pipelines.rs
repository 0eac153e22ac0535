//! The app is a part of a pipeline, and a Ctrl-C ends its reader, too: `println!` fails from then on, and panics.

use std::path::Path;
use std::thread;

use aplomb_testing::{Capability, Terminal, wait_until};
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use crate::programs::phases;
use crate::support::available;

/// The shell waits for the app however often somebody types Ctrl-C, and says how it has ended.
const PIPELINE: &str =
    "trap : INT; { trap : INT; \"$@\"; echo \"ended $?.\" >&2; } | cat >/dev/null";

/// All of `app | cat` gets the Ctrl-C, and `cat` dies of it at once. What the app prints after that goes nowhere.
fn whole(run: &str, stop: &str, times: u32) {
    for _ in 0..times {
        let script = [
            &*format!("run=complain:ready,wait,{run},complain:ends"),
            &*format!("stop={stop},complain:whole"),
        ];
        let (shell, mut terminal) = phases(&script).in_shell(PIPELINE).spawn_on_terminal();
        terminal.expect("ready");
        terminal.send(Terminal::CTRL_C);
        let said = terminal.expect("ended ");
        let status = terminal.expect(".");
        let is_so = said.contains("ends") && said.contains("whole") && status == "130";
        assert!(is_so, "{status}: {said}");
        shell.wait();
    }
}

#[test]
fn row_130_the_reader_dies_of_the_same_ctrl_c() {
    if !available(Capability::Linux, "row_130") {
        return;
    }
    whole("println:a,println:b", "println:c,println:d,println:e", 200);
}

/// The reader dies at some moment of this, and the app goes on printing.
#[test]
fn row_130_the_app_prints_for_longer() {
    if !available(Capability::Linux, "row_130") {
        return;
    }
    whole("chatter:3", "chatter:150", 10);
    let lines = "println:one of many lines,".repeat(1000);
    whole("println:a", lines.trim_end_matches(','), 20);
}

/// A reader that ends later is noticed by itself.
#[test]
fn row_130_the_reader_ends_before_stop_prints() {
    if !available(Capability::Linux, "row_130") {
        return;
    }
    for signal in [SIGINT, SIGTERM] {
        let script = [
            "run=complain:ready,wait",
            "stop=complain:asks,line,println:a,println:b,complain:whole",
        ];
        let mut app = phases(&script).in_pipeline().spawn();
        app.expect_stderr(&["ready"]);
        app.send_signal(signal);
        app.expect_stderr(&["asks"]);
        app.kill_reader();
        // A line that is printed before that is lost, or fails.
        let stdout = app.process();
        wait_until("its output is replaced", || {
            stdout
                .fd_path(1)
                .is_some_and(|path| path == Path::new("/dev/null"))
        });
        app.send_line("go");
        app.wait()
            .assert_signal(signal)
            .assert_stderr_once(&["whole"]);
    }
}

/// One that is alive gets all of it.
#[test]
fn row_130_a_reader_that_lives_loses_nothing() {
    let stop = format!("stop={}complain:whole", "println:line,".repeat(200));
    let mut app = phases(&["run=wait", &stop]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.wait().assert_signal(SIGINT).assert_times("line", 200);
}

/// Without a request nothing is hidden: `app | head -1` panics, as Rust has it. What stops after that is whole.
#[test]
fn row_130_a_reader_that_ends_without_a_request() {
    let script = [
        "run=line,println:a,println:b",
        "stop=println:c,complain:whole",
    ];
    let mut app = phases(&script).in_pipeline().spawn();
    app.kill_reader();
    app.send_line("go");
    app.wait().assert_code(101).assert_stderr_once(&["whole"]);
}

/// What a signal takes hold of it takes once, however many come.
#[test]
fn row_130_a_storm_of_signals_takes_no_descriptors() {
    if !available(Capability::Linux, "row_130") {
        return;
    }
    let mut app = phases(&["run=wait", "stop=line"]).spawn();
    app.expect("R+");
    let before = app.process().fd_count();
    app.send_signal(SIGTERM);
    app.expect("P+");
    for _ in 0..500 {
        app.send_signal(SIGTERM);
        app.send_signal(SIGINT);
        thread::yield_now();
    }
    // Two of its own streams are pipes.
    let now = app.process().fd_count();
    assert!(now <= before + 2 * 2, "{before} descriptors, now {now}");
    app.send_line("go");
    app.wait().assert_signal(SIGTERM);
}
