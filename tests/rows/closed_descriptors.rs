//! Other code closes the descriptors of the library. Those that were there before the app get numbers from 512 on, so a
//! program can close these alone, and its executor keeps its own.

use aplomb_testing::{Capability, Child, Process, Session};
use nix::sys::signal::Signal::{SIGTERM, SIGUSR1};
use nix::unistd::Pid;

use super::foreign_exits::wait_until_asleep;
use crate::ON;
use crate::programs::phases;
use crate::support::available;

const SAID: &str = "other code has closed the file descriptors of this library";

/// The app says so, and ends with 1; nothing is left of it.
fn ends(script: &[&str]) {
    let app = phases(script).in_new_session().spawn();
    let session = Session::of(app.pid());
    app.wait()
        .assert_code(1)
        .assert_stderr_once(&[SAID])
        .assert_never("P+");
    session.assert_no_others();
}

#[test]
fn row_158_the_next_step_ends_the_app() {
    if !available(Capability::Linux, "row_158") {
        return;
    }
    ends(&["start=close-from:512", "run=wait"]);
    ends(&["run=close-from:512,ok"]);
    ends(&["run=close-from:512,request:asked,hang"]);
    ends(&["run=close-from:512,err:torn", "drain=1000"]);
}

#[test]
fn row_158_a_child_is_killed() {
    if !available(Capability::Linux, "row_158") {
        return;
    }
    let child = "a= | trap '' TERM; while :; do sleep 1000; done";
    let app = phases(&["run=child:a,close-from:512,ok", child])
        .in_new_session()
        .spawn();
    app.wait().assert_code(1).assert_stderr_once(&[SAID]);
}

/// A thread finds it when it waits.
#[test]
fn row_158_a_thread_waits() {
    if !available(Capability::Linux, "row_158") {
        return;
    }
    if !ON.is_tasks() {
        for wait in ["wait", "sleep:100000", "wait-timeout:100000"] {
            ends(&[&format!("run=close-from:3,{wait}")]);
        }
        ends(&["start=close-from:3", "run=hang"]);
    }
}

/// A handler cannot say it. The signal does then what it does without a handler.
#[test]
fn row_158_a_signal_has_its_default_action() {
    if !available(Capability::Linux, "row_158") {
        return;
    }
    let closed = |options: &[&str]| -> Child {
        let mut app = phases(&["run=line,close-from:512,say:closed,hang"])
            .args(options)
            .spawn();
        app.expect("R+");
        // Who sleeps already does not notice it.
        wait_until_asleep(&app);
        app.send_line("go");
        app.expect("closed");
        app
    };
    let app = closed(&[]);
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_never("P+");
    let app = closed(&["usr1=say:called"]);
    app.send_signal(SIGUSR1);
    app.wait().assert_signal(SIGUSR1).assert_never("called");
}

/// Numbers below that are given out again and again, and ours are none of them.
#[test]
fn row_158_the_numbers_of_ours_are_high() {
    if !available(Capability::Linux, "row_158") {
        return;
    }
    let low = 3..512;
    let script = [
        "run=child:a,child:b,say:both are there,wait",
        "a=tell | exec sleep 1000",
        "b=ready:60000 | echo > /dev/fd/$APLOMB_READY_FD; exec sleep 1000",
        "terminal=restore",
    ];
    let (app, mut terminal) = phases(&script).spawn_on_terminal();
    terminal.expect("both are there");
    let process = app.process();
    let this = Process::of(Pid::this());
    for fd in low {
        let path = process.fd_path(fd).unwrap_or_default();
        if this.fd_path(fd).as_ref() == Some(&path) {
            // This one is inherited.
            continue;
        }
        let path = path.to_string_lossy();
        // tokio has events of its own.
        let ours = ["pidfd", "/dev/tty", "pipe:"]
            .iter()
            .any(|kind| path.contains(kind))
            || !ON.is_tasks() && path.contains("eventfd");
        assert!(!ours, "{fd} is {path}");
    }
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
}
