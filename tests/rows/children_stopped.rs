//! Children that are stopped while somebody waits for them.

use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::{Capability, Child, Session, wait_until};
use nix::sys::signal::Signal::{SIGCONT, SIGKILL, SIGSTOP, SIGTERM};
use nix::sys::signal::{kill, killpg};
use nix::unistd::Pid;

use super::children::{PATIENT, app, child, finish, started};
use crate::programs::phases;
use crate::support::available;

const NAMED: &str = "is stopped by SIGSTOP: it goes on when it gets SIGCONT";

/// How long somebody has waited, or the child was stopped, before it is named.
const LONG: Duration = Duration::from_secs(1);

fn is_stopped(app: &Child, pid: Pid) -> bool {
    let others = Session::of(app.pid()).others();
    others
        .iter()
        .any(|other| other.pid == pid && other.state == 'T')
}

/// Whether a thread of the app waits until a child is stopped: by waitid(2), with that option.
fn is_watched(app: &Child) -> bool {
    const WSTOPPED: u32 = 2;
    let threads = app.process().threads();
    let watching = threads.iter().find(|thread| thread.name == "aplomb-stops");
    watching.is_some_and(|thread| {
        let file = format!("/proc/{}/task/{}/syscall", app.pid(), thread.tid);
        let call = std::fs::read_to_string(file).unwrap_or_default();
        // The number of the call, and its arguments: the fourth has the options.
        let options = call
            .split(' ')
            .nth(4)
            .and_then(|word| word.strip_prefix("0x"));
        let options = options.and_then(|word| u32::from_str_radix(word, 16).ok());
        options.is_some_and(|options| options & WSTOPPED != 0)
    })
}

#[test]
fn row_190_a_stopped_child_is_named() {
    if !available(Capability::Linux, "row_190") {
        return;
    }
    for wait in [
        "child-wait:a",
        "child-wait-within:a/60000",
        "wait-any:a",
        "child-wait-async:a",
        "child-stop:b,child-wait:a",
    ] {
        let run = format!("run=child:a,child:b,{wait}");
        let script = [
            &*run,
            &child("", "echo there $$; kill -STOP $$; exit 7"),
            "b=| exit 0",
        ];
        let began = Instant::now();
        let mut app = app(&script).spawn();
        let pid = started(&mut app);
        app.expect_stderr(&[&format!("aplomb: child `a` (pid {pid}) {NAMED}")]);
        assert!(began.elapsed() >= LONG);
        kill(pid, SIGCONT).expect("it is there");
        finish(app).assert_code(0);
    }
}

/// Later, and again: nothing polls, so the kernel tells.
#[test]
fn row_190_whenever_it_is_stopped() {
    if !available(Capability::Linux, "row_190") {
        return;
    }
    let mut app = app(&["run=child:a,child-wait:a", &child("", PATIENT)]).spawn();
    let pid = started(&mut app);
    thread::sleep(LONG + Duration::from_millis(300));
    let line = format!("aplomb: child `a` (pid {pid}) {NAMED}");
    for _ in 0..2 {
        let stopped = Instant::now();
        kill(pid, SIGSTOP).expect("it is there");
        app.expect_stderr(&[&line]);
        assert!(stopped.elapsed() >= LONG);
        kill(pid, SIGCONT).expect("it is there");
        wait_until("it is watched again", || is_watched(&app));
    }
    // One that goes on at once is not named.
    kill(pid, SIGSTOP).expect("it is there");
    wait_until("it is stopped", || is_stopped(&app, pid));
    kill(pid, SIGCONT).expect("it is there");
    thread::sleep(LONG + Duration::from_millis(500));
    kill(pid, SIGKILL).expect("it is there");
    let output = finish(app);
    output.assert_code(0);
    output.assert(
        output.stderr() == [&*line, &*line],
        "it was to be named twice",
    );
}

/// Nobody waits for it.
#[test]
fn row_190_only_if_somebody_waits() {
    if !available(Capability::Linux, "row_190") {
        return;
    }
    let script = [
        "run=child:a,wait-timeout:1500,child-wait-within:a/100,wait-timeout:1500",
        &child("", "echo there $$; kill -STOP $$"),
    ];
    let mut app = app(&script).spawn();
    started(&mut app);
    // The exit lets it go on, when it has asked it to end.
    finish(app).assert_code(0).assert_no_stderr();
}

/// The end of the app waits for it.
#[test]
fn row_190_at_the_end_of_the_app() {
    if !available(Capability::Linux, "row_190") {
        return;
    }
    // The SIGCONT that follows SIGTERM may come before the first of these, or after it.
    let text = "trap 'kill -STOP $$; kill -STOP $$; kill -STOP $$' TERM; echo there $$; while :; do tail -f /dev/null & wait; done";
    let script = ["run=child:a,forget:a,line", &child("grace:60000", text)];
    let mut app = app(&script).spawn();
    let pid = started(&mut app);
    app.send_line("go");
    app.expect_stderr(&[&format!("aplomb: child `a` (pid {pid}) {NAMED}")]);
    // The shell may have started another process after its group was asked to end.
    killpg(pid, SIGKILL).expect("it is there");
    app.wait().assert_code(0);
}

/// The terminal stops a child that is in its background.
#[test]
fn row_190_a_child_that_wants_the_terminal() {
    if !available(Capability::Linux, "row_190") {
        return;
    }
    for (text, words) in [
        (
            "read line < /dev/tty",
            "is stopped by SIGTTIN: it wants to read from the terminal; start it with `foreground`",
        ),
        (
            "stty tostop < /dev/tty; echo x",
            "is stopped by SIGTTOU: it wants to write to the terminal; start it with `foreground`",
        ),
    ] {
        let script = ["run=child:a,child-wait:a", &child("grace:300", text)];
        let (app, mut terminal) = phases(&script).spawn_on_terminal();
        terminal.expect(words);
        app.send_signal(SIGTERM);
        app.wait().assert_signal(SIGTERM);
    }
}
