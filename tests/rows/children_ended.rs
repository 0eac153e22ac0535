//! How children of `aplomb::process` end, and the app with them.

use nix::sys::signal::Signal::{self, SIGINT, SIGKILL, SIGTERM};
use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::children::{DEAF, PATIENT, POLITE, app, child, finish, is_there, pid_after, started};
use crate::support::{Running, left_in_session, pause_past_debounce, until, zombies_of};

/// Also where the thread that asked for it has ended long since: it is not the one that has forked.
#[test]
fn row_87_ends_with_a_parent_that_is_killed() {
    for (run, text) in [
        ("run=child:a,say:go,wait", PATIENT),
        ("run=child:a,say:go,wait", DEAF),
        ("run=thread:starts,wait", PATIENT),
    ] {
        let script = [run, "starts=child:a", &child("", text)];
        let mut app = app(&script).spawn();
        let pid = started(&mut app);
        let session = app.pid();
        if run.contains("thread") {
            let threads = || app.process().tasks();
            until("that thread has ended", || {
                !threads().iter().any(|task| task.name == "starts")
            });
            assert!(is_there(pid), "the thread has ended, and not the app");
        }
        app.signal(SIGKILL);
        until("the child is gone", || {
            left_in_session(session)
                .iter()
                .all(|left| left.pid != pid.as_raw())
        });
        // What it has started itself is its own business; it has our pipe.
        for left in left_in_session(session) {
            let _ = kill(Pid::from_raw(left.pid), SIGKILL);
        }
        app.finish().died_by(SIGKILL);
    }
}

#[test]
fn row_88_reaped_at_once_and_its_status_kept() {
    let script = [
        "run=child:a,line,try-wait:a,try-wait:a,child-wait:a,line",
        &child("", "exit 7"),
    ];
    let mut app = app(&script).spawn();
    let pid = pid_after(&mut app, "a pid ");
    // Nobody waits for it.
    until("it is gone", || !is_there(pid));
    assert_eq!(zombies_of(app.pid()), []);
    app.go();
    app.expect("a exit status: 7");
    app.go();
    finish(app).exited(0).times("a exit status: 7", 3).quiet();
}

#[test]
fn row_89_the_app_ends_with_a_child_that_it_needs() {
    for (text, code, complaint) in [
        ("exit 7", 1, Some("has ended: exit status: 7")),
        ("kill -KILL $$", 1, Some("has ended: signal: 9 (SIGKILL)")),
        ("exit 0", 0, None),
    ] {
        let script = ["run=child:a,wait,log", &child("essential", text)];
        let mut app = app(&script).spawn();
        let pid = pid_after(&mut app, "a pid ");
        let ending = finish(app);
        ending.exited(code).once("P-");
        let reason = ending
            .stdout()
            .into_iter()
            .find(|line| line.starts_with("reason "));
        let reason = reason.expect("there was one");
        assert!(
            reason.starts_with(&format!("reason child `a` (pid {pid}) has ended")),
            "{reason}"
        );
        match complaint {
            Some(complaint) => ending.complained_of(&["Error: child `a`", complaint]),
            None => ending.quiet(),
        };
    }
    // Nor is one that was ended together with the app, whichever of the two is first: a service manager
    // signals all processes of a service.
    for child_first in [true, false] {
        let script = ["run=child:a,wait", &child("essential", PATIENT)];
        let mut app = app(&script).spawn();
        let pid = started(&mut app);
        if child_first {
            kill(pid, SIGTERM).expect("it is there");
            app.signal(SIGTERM);
        } else {
            app.signal(SIGTERM);
            // It may have gone by then.
            let _ = kill(pid, SIGTERM);
        }
        finish(app).died_by(SIGTERM).quiet();
    }
    // One that was told to end is not missed.
    let script = [
        "run=child:a,wait",
        "stop=child-stop:a",
        &child("essential", PATIENT),
    ];
    let mut app = app(&script).spawn();
    started(&mut app);
    app.signal(SIGTERM);
    finish(app).died_by(SIGTERM).quiet();
}

/// On every way out that lets code run, what the program has forgotten is ended.
#[test]
fn row_92_the_exit_ends_the_forgotten() {
    let ways: [(&[&str], Option<Signal>); 6] = [
        (&["run=child:a,forget:a,line"], None),
        (&["run=child:a,forget:a,wait"], Some(SIGTERM)),
        (&["run=child:a,forget:a,line,panic:no luck"], None),
        (&["run=child:a,forget:a,line,err:no luck"], None),
        (&["start=child:a,forget:a,line,err:no luck"], None),
        (
            &[
                "run=child:a,forget:a,line,thread:leaves,wait",
                "leaves=exit:3",
            ],
            None,
        ),
    ];
    for (way, signal) in ways {
        for text in [POLITE, DEAF] {
            let described = child("grace:300", text);
            let script: Vec<_> = way.iter().copied().chain([&*described]).collect();
            let mut app = app(&script).spawn();
            started(&mut app);
            match signal {
                Some(signal) => app.signal(signal),
                None => app.go(),
            }
            let ending = finish(app);
            ending.times("told", usize::from(text == POLITE));
        }
    }
}

#[test]
fn row_93_an_end_by_force_ends_children_too() {
    // Killed, they end after the app: nobody waits for them.
    let finish = |app: Running| {
        let session = app.pid();
        let ending = app.finish();
        until("nothing is left", || left_in_session(session).is_empty());
        ending
    };
    // A deadline; insisting on the end of a `run` that is blocked.
    let mut running = app(&[
        "run=child:a,wait",
        "stop=line",
        "timeout-stop=300",
        &child("", DEAF),
    ])
    .spawn();
    started(&mut running);
    running.signal(SIGTERM);
    finish(running).exited(124);
    let mut running = app(&["run=child:a,accepted,block", &child("", DEAF)]).spawn();
    started(&mut running);
    running.signal(SIGINT);
    running.expect("accepted");
    pause_past_debounce();
    running.signal(SIGINT);
    finish(running).died_by(SIGINT);
}
