//! Children that `aplomb::process` has started: as a part of the app.

use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::{
    Capability, Child, Command, Output, Session, SignalField, SignalSet, Terminal, assert_best_of,
    wait_until,
};
use nix::sys::signal::Signal::{self, SIGINT, SIGTERM};
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::programs::phases;
use crate::support::{A_WHILE, available};

/// Says that it is there, and lives until it is ended.
pub const PATIENT: &str = "echo there $$; exec tail -f /dev/null";
/// Says that it is there, and does not listen.
pub const DEAF: &str = "trap '' TERM; echo there $$; while :; do tail -f /dev/null & wait; done";
/// Says what it got, and ends a line later.
pub const POLITE: &str = "trap 'echo told; kill -KILL $! 2>&-; exit 0' TERM USR1; tail -f /dev/null & echo there $$; wait";

pub fn child(words: &str, text: &str) -> String {
    format!("a={words} | {text}")
}

/// In a session of its own, by which everything that it leaves behind is found.
pub fn app(script: &[&str]) -> Command {
    phases(script).in_new_session()
}

/// Waits until the child says that it is there.
pub fn started(app: &mut Child) -> Pid {
    pid_after(app, "there ")
}

pub fn pid_after(app: &mut Child, beginning: &str) -> Pid {
    let pid = app.expect_prefix(beginning);
    Pid::from_raw(pid.parse().expect("a pid"))
}

/// Waits for the end of the app, after which nothing of it is there.
#[track_caller]
pub fn finish(app: Child) -> Output {
    let session = app.pid();
    let output = app.wait();
    Session::of(session).assert_no_others();
    output
}

pub fn is_there(pid: Pid) -> bool {
    kill(pid, None::<Signal>).is_ok()
}

#[test]
fn row_80_starts_clean_in_a_group_of_its_own() {
    if !available(Capability::Linux, "row_80") {
        return;
    }
    let text = "grep -E '^Sig(Blk|Ign)' /proc/self/status; ls -l /proc/self/fd; \
                echo group $(cut -d' ' -f5 /proc/$$/stat)";
    let script = ["run=child:a,child-wait:a", &child("", text)];
    // A thread that blocks it would hand that on.
    let mut app = app(&script).block_signal(Signal::SIGUSR1).spawn();
    let pid = pid_after(&mut app, "a pid ");
    let output = finish(app);
    output
        .assert_code(0)
        .assert_once("a exit status: 0")
        .assert_once(&format!("group {pid}"));
    let lines = output.stdout();
    assert!(
        SignalSet::from_status(&lines.join("\n"), SignalField::Blocked).is_empty(),
        "{lines:?}"
    );
    let ignored = SignalSet::from_status(&lines.join("\n"), SignalField::Ignored);
    for signal in Signal::iterator() {
        assert!(!ignored.contains(signal), "{signal} is ignored");
    }
    // None of ours: those are not files, pipes or devices.
    output.assert(
        !lines.iter().any(|line| line.contains("anon_inode")),
        "it was to have no descriptor of ours",
    );
}

/// The keys of the terminal are the app's: a child in its own group does not get them.
#[test]
fn row_81_ctrl_c_is_not_for_children() {
    let text = "trap 'echo hit' INT; trap 'echo told; exit 0' TERM; \
                echo there $$; while :; do tail -f /dev/null & wait; done";
    let on_terminal = |words: &str| {
        let run = "run=child:a,wait,line,say:now,child-stop:a";
        let (app, mut terminal) = phases(&[run, &child(words, text)]).spawn_on_terminal();
        terminal.expect("there");
        terminal.send(Terminal::CTRL_C);
        (app, terminal)
    };
    let (app, mut terminal) = on_terminal("");
    terminal.expect("SIGINT: waiting");
    assert!(!terminal.has_printed("hit"));
    terminal.send("\n");
    terminal.expect("now");
    // Not by the terminal, or it were `hit`, whatever came next.
    terminal.expect("told");
    terminal.expect("P-");
    let session = app.pid();
    app.wait().assert_signal(SIGINT);
    Session::of(session).assert_no_others();

    let (app, mut terminal) = on_terminal("foreground");
    terminal.expect("hit");
    terminal.send("\n");
    terminal.expect("told");
    terminal.expect("P-");
    app.wait().assert_signal(SIGINT);
}

#[test]
fn row_82_left_alone_at_the_request() {
    for signal in [SIGINT, SIGTERM] {
        let script = [
            "run=child:a,wait,line",
            "stop=try-wait:a,child-stop:a",
            &child("", PATIENT),
        ];
        let mut app = app(&script).spawn();
        let pid = started(&mut app);
        app.send_signal(signal);
        app.send_line("go");
        app.expect("a lives");
        finish(app)
            .assert_signal(signal)
            .assert_once("a signal: 15 (SIGTERM)")
            .assert_no_stderr();
        assert!(!is_there(pid));
    }
}

#[test]
fn row_83_told_at_the_cancellation() {
    for how in ["tell", "tell usr1", "tell end-of-input"] {
        let text = match how {
            "tell end-of-input" => "echo there $$; cat; echo told",
            _ => POLITE,
        };
        let script = [
            "run=child:a,wait,child-wait:a,say:seen",
            "stop=child-wait:a",
            &child(how, text),
        ];
        let mut app = app(&script).spawn();
        started(&mut app);
        app.send_signal(SIGTERM);
        // By the request: `run` has ended by then, or ends now.
        app.expect("told");
        finish(app)
            .assert_signal(SIGTERM)
            .assert_once("a exit status: 0")
            .assert_no_stderr();
    }
}

#[test]
fn row_84_told_before_or_after_the_drain() {
    let drained = |how: &str| {
        let script = [
            "run=child:a,wait,say:cancelled",
            "drain=700",
            &child(how, POLITE),
        ];
        let mut app = app(&script).spawn();
        started(&mut app);
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        let told = app.expect("told");
        finish(app).assert_signal(SIGTERM).assert_once("cancelled");
        told.saturating_duration_since(asked)
    };
    assert!(drained("tell") >= Duration::from_millis(700));
    assert_best_of(3, Duration::from_millis(400), || drained("tell-at-once"));
}

#[test]
fn row_85_killed_when_the_grace_is_over() {
    for (words, option) in [
        ("grace:300", "timeout-stop=60000"),
        // The app's own deadline is nearer than its grace.
        ("grace:60000", "timeout-stop=1500"),
        ("grace:60000", "deadline=1500"),
    ] {
        let script = [
            "run=child:a,wait",
            "stop=child-stop:a,say:stopped",
            option,
            &child(words, DEAF),
        ];
        let mut app = app(&script).spawn();
        started(&mut app);
        app.send_signal(SIGTERM);
        // Within the deadline, or it were 124.
        let output = finish(app);
        output
            .assert_signal(SIGTERM)
            .assert_in_order(&["a signal: 9 (SIGKILL)", "stopped"]);
    }
}

/// Who was told to end has ended when its whole group has; each of them has the grace.
#[test]
fn row_86_the_group_has_its_grace_too() {
    if !available(Capability::Linux, "row_86") {
        return;
    }
    let slow = "(trap 'read go <\"$0\"; echo whole; exit 0' TERM; echo there $$; while :; do tail -f /dev/null & wait; done) & exec tail -f /dev/null";
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let pipe = folder.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a named pipe");
    let slow = slow.replace("$0", pipe.to_str().expect("text"));
    let script = ["run=child:a,wait", "stop=child-stop:a", &child("", &slow)];
    let mut running = app(&script).spawn();
    started(&mut running);
    running.send_signal(SIGTERM);
    // The leader dies at once. What waits in the trap gets on when the pipe has a writer.
    let mut writer = None;
    wait_until("the other one reads", || {
        writer = std::fs::OpenOptions::new().write(true).open(&pipe).ok();
        writer.is_some()
    });
    running.assert_running_without("a signal: 15 (SIGTERM)");
    drop(writer);
    finish(running)
        .assert_signal(SIGTERM)
        .assert_in_order(&["whole", "a signal: 15 (SIGTERM)"]);

    // One of the group does not listen.
    let deaf = format!("({DEAF}) & exec tail -f /dev/null");
    let script = [
        "run=child:a,wait",
        "stop=child-stop:a",
        &child("grace:300", &deaf),
    ];
    let mut running = app(&script).spawn();
    started(&mut running);
    running.send_signal(SIGTERM);
    finish(running)
        .assert_signal(SIGTERM)
        .assert_once("a signal: 15 (SIGTERM)");
}

/// A child that is a part of what `start` makes is told when `run` is cancelled, and not before `start` has ended.
#[test]
fn row_99_held_back_by_the_shield_that_it_was_started_in() {
    let script = [
        "start=child:a",
        "run=wait,child-wait:a",
        &child("tell", POLITE),
    ];
    let mut running = app(&script).spawn();
    started(&mut running);
    wait_until("it runs", || running.has_printed("R+"));
    running.send_signal(SIGTERM);
    running.expect("told");
    finish(running).assert_signal(SIGTERM).assert_no_stderr();

    let script = [
        "start=child:a,accepted,line,say:built",
        &child("tell", POLITE),
    ];
    let mut running = app(&script).spawn();
    started(&mut running);
    running.send_signal(SIGTERM);
    running.expect("accepted");
    thread::sleep(A_WHILE);
    running.assert_running_without("told");
    running.send_line("go");
    let output = finish(running);
    output
        .assert_signal(SIGTERM)
        .assert_in_order(&["built", "told"]);
}
