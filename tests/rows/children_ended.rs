//! How children of `aplomb::process` end, and how the app ends with them.

use aplomb_testing::{Capability, Child, Output, Process, Session, wait_until};
use nix::sys::signal::Signal::{self, SIGINT, SIGKILL, SIGTERM};
use nix::sys::signal::kill;
use nix::unistd::{Pid, getpgid};

use super::children::{DEAF, PATIENT, POLITE, app, child, finish, is_there, pid_after, started};
use crate::support::{available, pause_past_debounce, print_uncaptured};

/// A child ends with a parent that is killed, but not with the thread that asked for the child: another thread
/// forks it.
#[test]
fn row_87_ends_with_a_parent_that_is_killed() {
    if !available(Capability::Linux, "row_87") {
        return;
    }
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
            let threads = || app.process().threads();
            wait_until("that thread has ended", || {
                !threads().iter().any(|task| task.name == "starts")
            });
            assert!(is_there(pid), "the thread has ended, and not the app");
        }
        app.send_signal(SIGKILL);
        wait_until("the child is gone", || {
            Session::of(session)
                .others()
                .iter()
                .all(|left| left.pid != pid)
        });
        // We do not end the processes that the child has started itself. They hold our pipe open, so the test
        // kills them here.
        for left in Session::of(session).others() {
            let _ = kill(left.pid, SIGKILL);
        }
        app.wait().assert_signal(SIGKILL);
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
    // The program does not wait for its child yet. The child is reaped nevertheless.
    wait_until("it is gone", || !is_there(pid));
    assert_eq!(Process::of(app.pid()).zombie_children(), []);
    app.send_line("go");
    app.expect("a exit status: 7");
    app.send_line("go");
    finish(app)
        .assert_code(0)
        .assert_times("a exit status: 7", 3)
        .assert_no_stderr();
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
        let output = finish(app);
        output.assert_code(code).assert_once("P-");
        let reason = output
            .stdout()
            .into_iter()
            .find(|line| line.starts_with("reason "));
        let reason = reason.expect("there was one");
        assert!(
            reason.starts_with(&format!("reason child `a` (pid {pid}) has ended")),
            "{reason}"
        );
        match complaint {
            Some(complaint) => output.assert_stderr(&["Error: child `a`", complaint]),
            None => output.assert_no_stderr(),
        };
    }
    // A child that is ended together with the app is no failure, whichever of the two is first. A service
    // manager signals all processes of a service.
    for child_first in [true, false] {
        let script = ["run=child:a,wait", &child("essential", PATIENT)];
        let mut app = app(&script).spawn();
        let pid = started(&mut app);
        if child_first {
            kill(pid, SIGTERM).expect("it is there");
            app.send_signal(SIGTERM);
        } else {
            app.send_signal(SIGTERM);
            // The child may have ended by now, since the app ends it as well.
            let _ = kill(pid, SIGTERM);
        }
        finish(app).assert_signal(SIGTERM).assert_no_stderr();
    }
    // A child that the app has told to end is no failure.
    let script = [
        "run=child:a,wait",
        "stop=child-stop:a",
        &child("essential", PATIENT),
    ];
    let mut app = app(&script).spawn();
    started(&mut app);
    app.send_signal(SIGTERM);
    finish(app).assert_signal(SIGTERM).assert_no_stderr();
}

/// The app is told before anybody who waits for the child, so it does not matter that `run` ends at once, and well.
#[test]
fn row_89_run_itself_waits_for_a_child_that_it_needs() {
    for run in [
        "run=child:a,child-wait:a",
        "run=shield:held,child:a,child-wait:a,unshield",
    ] {
        for _ in 0..20 {
            let script = [run, &child("essential", "exit 7")];
            let output = finish(app(&script).spawn());
            output
                .assert_code(1)
                .assert_once("P-")
                .assert_stderr(&["Error: child `a`", "has ended: exit status: 7"]);
            if run.contains("shield") {
                output.assert_once("a exit status: 7");
            }
        }
    }
}

/// Children that the program has forgotten are ended on every way out that lets code run.
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
                Some(signal) => app.send_signal(signal),
                None => app.send_line("go"),
            }
            let output = finish(app);
            output.assert_times("told", usize::from(text == POLITE));
        }
    }
}

/// A start that is under way comes too late. By then the child may have started others, which the kernel would not
/// kill.
#[test]
fn row_92_the_exit_ends_those_whose_start_is_under_way() {
    let names = ["a", "b", "c", "d"];
    let steps = names.map(|name| format!("child:{name}")).join(",");
    let starts = format!("starts={steps}");
    let children = names.map(|name| format!("{name}=| sleep 1000 & wait"));
    for (run, deadline) in [
        ("run=thread:starts,ok", "deadline=60000"),
        ("run=thread:starts,exit:3", "deadline=60000"),
        ("run=thread:starts,request:now,hang", "deadline=4"),
    ] {
        let mut script = vec![run, &starts, deadline];
        script.extend(children.iter().map(String::as_str));
        for _ in 0..50 {
            let app = app(&script).spawn();
            let session = Session::of(app.pid());
            app.wait();
            // Nobody waits for children that are killed, so they may end a little after the app. What is left behind
            // sleeps for longer than this waits.
            wait_until("nothing is left", || session.others().is_empty());
        }
    }
}

#[test]
fn row_93_an_end_by_force_ends_children_too() {
    // Nobody waits for children that are killed, so they may end a little after the app.
    let finish = |app: Child| {
        let session = app.pid();
        let output = app.wait();
        wait_until("nothing is left", || {
            Session::of(session).others().is_empty()
        });
        output
    };
    // Two ends by force are tried: a deadline, and insisting on the end of a `run` that is blocked.
    let mut running = app(&[
        "run=child:a,wait",
        "stop=line",
        "timeout-stop=300",
        &child("", DEAF),
    ])
    .spawn();
    started(&mut running);
    running.send_signal(SIGTERM);
    finish(running).assert_code(124);
    let mut running = app(&["run=child:a,accepted,block", &child("", DEAF)]).spawn();
    started(&mut running);
    running.send_signal(SIGINT);
    running.expect("accepted");
    pause_past_debounce();
    running.send_signal(SIGINT);
    finish(running).assert_signal(SIGINT);
}

/// Whether this process may become others. Otherwise that is said.
pub fn is_root(test: &str) -> bool {
    let is_root = nix::unistd::geteuid().is_root();
    if !is_root {
        print_uncaptured(&format!("{test} skipped: needs root"));
    }
    is_root
}

/// Waits for the end of the app, which leaves one process behind, and ends that.
pub fn finish_beside(app: Child, other: Pid) -> Output {
    let session = app.pid();
    wait_until("the app has ended", || app.has_exited());
    let others = Session::of(session).others();
    let others: Vec<_> = others.iter().map(|other| other.pid).collect();
    assert_eq!(others, [other]);
    // The process holds our pipe open.
    kill(other, SIGKILL).expect("this is root");
    app.wait()
}

/// A child that has become another user's cannot be killed. Nobody waits for it.
#[test]
fn row_184_a_child_of_another_user() {
    if !available(Capability::Linux, "row_184") {
        return;
    }
    if !is_root("row_184") {
        return;
    }
    for ends in [
        "stop=child-stop:a",
        "stop=kill:a,child-wait-async:a",
        "stop=say:nothing",
    ] {
        let script = [
            "run=half-user,beyond:a,wait",
            ends,
            &child("grace:300", PATIENT),
        ];
        let mut app = app(&script).spawn();
        let pid = started(&mut app);
        app.send_signal(SIGTERM);
        let output = finish_beside(app, pid);
        let named = format!("child `a` (pid {pid}) is another user's, and could not be killed");
        output
            .assert_signal(SIGTERM)
            .assert_stderr_once(&[&format!("aplomb: {named}")]);
        if ends != "stop=say:nothing" {
            output.assert_once(&format!("a failed: {named}"));
        }
    }
}

/// Waits until another process is in the group of this leader than those, and returns it.
fn beside(app: &Child, leader: Pid, known: &[Pid]) -> Pid {
    let session = app.pid();
    let beside = || {
        let others = Session::of(session).others();
        let mut others = others.iter().map(|other| other.pid);
        others.find(|pid| *pid != leader && !known.contains(pid))
    };
    wait_until("it is in the group", || {
        beside().is_some_and(|pid| getpgid(Some(pid)) == Ok(leader))
    });
    beside().expect("it is there")
}

fn is_roots(pid: Pid) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
    status.is_ok_and(|status| status.contains("Uid:\t0\t0\t0"))
}

/// A signal of the program's is for the child. The kernel calls a signal to a group sent where one process of it takes
/// that.
#[test]
fn row_184_a_signal_to_such_a_group() {
    if !available(Capability::Linux, "row_184") {
        return;
    }
    if !is_root("row_184") {
        return;
    }
    for (step, said, leader_is_roots) in [
        ("beyond-beside", "a got it: true", false),
        ("beyond-ahead", "a got it not: PermissionDenied", true),
    ] {
        let run = format!("run=half-user,{step}:a,line,winch:a,wait");
        let mut app = app(&[&run, &child("grace:300", PATIENT)]).spawn();
        let leader = started(&mut app);
        let beside = beside(&app, leader, &[]);
        let roots = if leader_is_roots { leader } else { beside };
        wait_until("it is root's", || is_roots(roots));
        app.send_line("go");
        app.expect(said);
        app.send_signal(SIGTERM);
        finish_beside(app, roots).assert_signal(SIGTERM);
    }
}

/// One process of a child's group is another user's. The signal to the group is sent nevertheless, to the others.
#[test]
fn row_184_another_user_s_in_the_group() {
    if !available(Capability::Linux, "row_184") {
        return;
    }
    if !is_root("row_184") {
        return;
    }
    let rest = "tail -f /dev/null & echo other $!; echo there $$; wait";
    for ends in [
        "stop=child-stop:a",
        "stop=kill:a,child-wait-async:a",
        "stop=say:nothing",
    ] {
        let script = [
            "run=half-user,beyond-beside:a,wait",
            ends,
            &child("grace:300", rest),
        ];
        let mut app = app(&script).spawn();
        let other = pid_after(&mut app, "other ");
        let leader = started(&mut app);
        let beside = beside(&app, leader, &[other]);
        wait_until("it is root's", || is_roots(beside));
        app.send_signal(SIGTERM);
        let output = finish_beside(app, beside);
        output.assert_signal(SIGTERM).assert_stderr_once(&[
            &format!("aplomb: pid {beside} of the group of child `a` (pid {leader})"),
            "is another user's, and could not be killed",
        ]);
        if ends != "stop=say:nothing" {
            output.assert_once(if ends.contains("kill") {
                "a signal: 9 (SIGKILL)"
            } else {
                "a signal: 15 (SIGTERM)"
            });
        }
    }
}
