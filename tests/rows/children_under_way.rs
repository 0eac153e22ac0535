//! Children whose own steps before their program (`pre_exec`) never end.

use aplomb_testing::{Capability, Child, Output, Session, wait_until};
use nix::sys::signal::Signal::{SIGINT, SIGKILL, SIGTERM};
use nix::unistd::Pid;

use super::children::{PATIENT, app, child, finish, is_there, pid_after, started};
use super::children_ended::{finish_beside, is_root};
use crate::support::{OutputExt, available, pause_past_debounce};

/// Waits until the step says that it never ends.
fn stuck(app: &mut Child) -> Pid {
    pid_after(app, "stuck ")
}

/// Waits for the end of the app. Nobody waits for children that are killed, so they may end a little after it.
fn finish_by_force(app: Child) -> Output {
    let session = app.pid();
    let output = app.wait();
    wait_until("nothing is left", || {
        Session::of(session).others().is_empty()
    });
    output
}

/// How many threads of the app fork.
fn forking(app: &Child) -> usize {
    let threads = app.process().threads();
    let forking = threads.iter().filter(|task| task.name == "aplomb-forks");
    forking.count()
}

#[test]
fn row_197_the_cancellation_ends_such_a_start() {
    for (step, words) in [
        ("stuck", ""),
        ("stuck", "essential"),
        ("stuck", "foreground"),
        ("stuck", "outlives"),
        ("stuck-group", ""),
    ] {
        let run = format!("run={step}:a,say:over");
        let mut app = app(&[&run, &child(words, "exit 0")]).spawn();
        stuck(&mut app);
        if step == "stuck-group" {
            stuck(&mut app);
        }
        app.send_signal(SIGTERM);
        finish(app)
            .assert_signal(SIGTERM)
            .assert_in_order(&["a failed: the shutdown was requested", "over", "P+"])
            .assert_only_waiting();
    }
}

/// A command that was lent is there again, and the start of one that was cancelled means nothing to the next one.
#[test]
fn row_197_a_time_to_be_ready_ends_it_too() {
    for (step, words) in [
        ("stuck", "ready:300"),
        ("stuck", "essential ready:1500"),
        ("stuck-group", "ready:300"),
    ] {
        let run = format!("run={step}:a,child:b,child-wait:b,line");
        let script = [&*run, &child(words, "exit 0"), "b=| exit 0"];
        let mut app = app(&script).spawn();
        let pid = stuck(&mut app);
        let failed = app.expect_prefix("a failed: ");
        let killed = "signal: 9 (SIGKILL) [signal: 9 (SIGKILL)] (TimedOut)";
        assert!(
            failed.contains("was not ready within") && failed.ends_with(killed),
            "{failed}"
        );
        wait_until("it is gone", || !is_there(pid));
        app.expect("b exit status: 0");
        app.send_line("go");
        finish(app).assert_code(0).assert_no_stderr();
    }
}

#[test]
fn row_197_inside_a_shield_a_limit_ends_it() {
    const TELLS: &str = "it waits in `SpawnOptions::spawn`, which no request ends inside a shield: \
                         have the steps end that come before the child's program";
    for (script, limit) in [
        (&["start=stuck:a"][..], "timeout-start=3000"),
        (&["run=call:work", "work=stuck:a"], "deadline=4000"),
        (&["stop=stuck:a"], "timeout-stop=3000"),
    ] {
        let described = child("", "exit 0");
        let script: Vec<_> = script.iter().copied().chain([limit, &*described]).collect();
        let mut app = app(&script).spawn();
        if script[0] == "stop=stuck:a" {
            app.expect("R+");
            app.send_signal(SIGTERM);
            stuck(&mut app);
        } else {
            stuck(&mut app);
            app.send_signal(SIGTERM);
        }
        finish_by_force(app)
            .assert_code(124)
            .assert_stderr(&[TELLS]);
    }
    // The user ends it, too.
    let mut app = app(&[
        "run=stuck:a",
        "stop=stuck:a",
        "force-after=2",
        &child("", "exit 0"),
    ])
    .spawn();
    stuck(&mut app);
    app.send_signal(SIGINT);
    // The start in `run` is given up, and that in `stop` is not.
    stuck(&mut app);
    pause_past_debounce();
    app.send_signal(SIGINT);
    finish_by_force(app).assert_signal(SIGINT);
}

/// One thread forks, until a start lasts.
#[test]
fn row_197_others_overtake_it() {
    if !available(Capability::Linux, "row_197") {
        return;
    }
    let script = [
        "run=spawn:t,line,child:b,child-wait:b,child:c,child-wait:c,line",
        "t=stuck:a",
        &child("", "exit 0"),
        "b=| exit 0",
        "c=| exit 0",
    ];
    let mut app = app(&script).spawn();
    let pid = stuck(&mut app);
    assert_eq!(forking(&app), 1);
    app.send_line("go");
    app.expect("b exit status: 0");
    app.expect("c exit status: 0");
    assert_eq!(forking(&app), 2);
    assert!(is_there(pid), "it was only overtaken");
    app.send_line("go");
    finish(app).assert_code(0);
}

/// Also where that start has just begun.
#[test]
fn row_197_the_exit_ends_it() {
    for (step, end, code) in [
        ("stuck", "ok", 0),
        ("stuck-group", "ok", 0),
        ("stuck", "exit:3", 3),
        ("stuck-group", "exit:3", 3),
    ] {
        let (run, t) = (format!("run=spawn:t,line,{end}"), format!("t={step}:a"));
        let mut app = app(&[&*run, &t, &child("", "exit 0")]).spawn();
        stuck(&mut app);
        app.send_line("go");
        finish_by_force(app).assert_code(code);
    }
}

/// The kernel ends it. A child that outlives the app does so from the beginning of its program on.
#[test]
fn row_197_the_death_of_the_app_ends_it() {
    if !available(Capability::Linux, "row_197") {
        return;
    }
    for words in ["", "outlives"] {
        let mut app = app(&["run=stuck:a", &child(words, "exit 0")]).spawn();
        stuck(&mut app);
        app.send_signal(SIGKILL);
        finish_by_force(app).assert_signal(SIGKILL);
    }
    let mut app = app(&["run=child:a,wait", &child("outlives", PATIENT)]).spawn();
    let pid = started(&mut app);
    app.send_signal(SIGKILL);
    finish_beside(app, pid).assert_signal(SIGKILL);
}

/// The kernel forgets that a child ends with its parent, when the child becomes another user's.
#[test]
fn row_197_of_another_user() {
    if !available(Capability::Linux, "row_197") {
        return;
    }
    if !is_root("row_197") {
        return;
    }
    for (run, end) in [
        ("run=stuck-other:a", None),
        ("run=spawn:t,line,ok", Some(0)),
        ("run=spawn:t,line,exit:3", Some(3)),
        ("run=call:t", Some(124)),
    ] {
        let script = [
            run,
            "t=stuck-other:a",
            "deadline=4000",
            &child("", "exit 0"),
        ];
        let mut app = app(&script).spawn();
        stuck(&mut app);
        if run.contains("line") {
            app.send_line("go");
        } else {
            app.send_signal(SIGTERM);
        }
        let output = finish_by_force(app);
        match end {
            Some(code) => output.assert_code(code),
            None => output.assert_signal(SIGTERM),
        };
    }
    // One that this process may not signal.
    let script = [
        "run=half-user,stuck-beyond:a,say:over",
        &child("", "exit 0"),
    ];
    let mut app = app(&script).spawn();
    let pid = stuck(&mut app);
    app.send_signal(SIGTERM);
    app.expect("over");
    let named = format!("child `a` (pid {pid}), which has not begun, is another user's");
    finish_beside(app, pid)
        .assert_signal(SIGTERM)
        .assert_stderr_once(&[&named, "could not be killed"]);
}
