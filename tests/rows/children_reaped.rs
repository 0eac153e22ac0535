//! Many children at once, and those of others.

use aplomb_testing::{Capability, Child, Command, Errno, Process, Session, Without, wait_until};
use nix::sys::signal::Signal::{self, SIGTERM};

use super::children::{DEAF, PATIENT, app, child, finish, started};
use crate::programs::{phases, scene};
use crate::support::available;

/// Many at once, from several threads: each has its own status, and nobody is left a zombie.
#[test]
fn row_96_many_at_once() {
    const THREADS: usize = 8;
    const EACH: usize = 10;
    let mut script: Vec<String> = Vec::new();
    for thread in 0..THREADS {
        let names: Vec<_> = (0..EACH)
            .map(|child| format!("c{thread}x{child}"))
            .collect();
        let steps: Vec<_> = names
            .iter()
            .map(|name| format!("child:{name}"))
            .chain(names.iter().map(|name| format!("child-wait:{name}")))
            .collect();
        script.push(format!("t{thread}={}", steps.join(",")));
        for (child, name) in names.iter().enumerate() {
            script.push(format!("{name}=| exit {}", thread * EACH + child));
        }
    }
    let steps = |verb: &str| {
        let steps: Vec<_> = (0..THREADS).map(|t| format!("{verb}:t{t}")).collect();
        steps.join(",")
    };
    script.push(format!("run={},{},line", steps("spawn"), steps("join")));
    let script: Vec<_> = script.iter().map(String::as_str).collect();
    let mut app = app(&script).spawn();
    let due = (0..THREADS * EACH)
        .map(|status| format!("c{}x{} exit status: {status}", status / EACH, status % EACH));
    let due: Vec<_> = due.collect();
    app.expect_all(&due.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(Process::of(app.pid()).zombie_children(), []);
    app.send_line("go");
    finish(app).assert_code(0).assert_no_stderr();
}

const ORPHANS: usize = 40;

/// What the descendants of the app leave behind is reaped, and its own children are not, however they were started.
fn orphans_are_reaped(start: impl FnOnce(Command) -> Child) {
    let orphans = format!(
        "i=0; while [ $i -lt {ORPHANS} ]; do (echo orphan $i; exit 3) & i=$((i+1)); done; exit 4"
    );
    let run = format!(
        "run=child:a,child-wait:a,{}child-wait:a,say:all,line",
        "foreign:b,".repeat(20)
    );
    let script = [
        &*run,
        "reap-orphans=yes",
        &child("", &orphans),
        "b=| exit 7",
    ];
    let mut app = start(app(&script));
    let mut due: Vec<_> = (0..ORPHANS)
        .map(|orphan| format!("orphan {orphan}"))
        .collect();
    due.push("all".into());
    app.expect_all(&due.iter().map(String::as_str).collect::<Vec<_>>());
    wait_until("no zombie is left", || {
        Process::of(app.pid()).zombie_children().is_empty()
    });
    app.send_line("go");
    app.wait()
        .assert_code(0)
        .assert_times("b exit status: 7", 20)
        .assert_times("a exit status: 4", 2)
        .assert_no_stderr();
}

#[test]
fn row_97_orphans_of_pid_1_are_reaped() {
    if available(Capability::PidNamespace, "row_97") {
        orphans_are_reaped(Command::spawn_as_pid_1);
        // Nobody else does it.
        let script = [
            "run=child:a,child-wait:a,line",
            &child("", "sh -c 'exit 3' & exit 4"),
        ];
        let mut app = app(&script).spawn_as_pid_1();
        app.expect("a exit status: 4");
        wait_until("a zombie is left", || {
            !Process::of(app.pid()).zombie_children().is_empty()
        });
        app.send_line("go");
        app.wait().assert_code(0);
    }
}

#[test]
fn row_97_orphans_of_a_subreaper_are_reaped() {
    if !available(Capability::Linux, "row_97") {
        return;
    }
    orphans_are_reaped(Command::spawn);
}

/// Where the kernel has no descriptor for the end of a process, or refuses it, a thread waits for each.
#[test]
fn row_98_without_pidfds() {
    if !available(Capability::Seccomp, "row_98") {
        return;
    }
    let script = [
        "run=child:c,child-wait:c,child:a,line,child:b,say:both,wait",
        "stop=child-stop:a,child-stop:b",
        &child("grace:300", DEAF),
        "b=| exec tail -f /dev/null",
        "c=| exit 7",
    ];
    for error in [Errno::ENOSYS, Errno::EPERM] {
        let without = phases(&script).without(Without::PidfdOpen(error));
        let mut app = without.spawn();
        app.expect("c exit status: 7");
        started(&mut app);
        app.send_line("go");
        app.expect("both");
        wait_until("a thread waits for each of the two", || {
            let threads = app.process().threads();
            let waiting = threads.iter().filter(|task| task.name == "aplomb-child");
            waiting.count() == 2
        });
        app.send_signal(SIGTERM);
        app.wait()
            .assert_signal(SIGTERM)
            .assert_in_order(&["a signal: 9 (SIGKILL)", "b signal: 15 (SIGTERM)"]);
    }
}

/// A sandbox may refuse to send signals by a pidfd, with the error that another user's process gives. One of the group
/// takes long to end when it was killed, since it has much memory: it is not taken for another user's.
#[test]
fn row_98_where_pidfds_take_no_signals() {
    if !available(Capability::Seccomp, "row_98") {
        return;
    }
    let large = "{ head -c 256M /dev/zero; exec tail -f /dev/null; } | tail -n 1 & tail_of=$!; \
        until grep -q 'VmRSS:.* [2-9][0-9][0-9][0-9][0-9][0-9] kB' /proc/$tail_of/status; do :; done; \
        echo there $$; wait";
    let script = [
        "run=child:a,wait",
        "stop=kill:a,child-wait-async:a",
        &child("", large),
    ];
    for error in [Errno::ENOSYS, Errno::EPERM] {
        let without = phases(&script).without(Without::PidfdSendSignal(error));
        let mut app = without.spawn();
        started(&mut app);
        app.send_signal(SIGTERM);
        let output = app.wait();
        output
            .assert_signal(SIGTERM)
            .assert_once("a signal: 9 (SIGKILL)");
        // On a machine that is busy the wait is named.
        let lines = output.stderr();
        let others = lines.iter().filter(|line| !line.contains(": waiting for "));
        output.assert(others.count() == 0, "it is nobody else's");
    }
}

/// Nobody knows there who is of a child's group: what is left of it is killed when the child has ended.
#[test]
fn row_98_without_proc() {
    if !available(Capability::MountNamespace, "row_98") {
        return;
    }
    let script = [
        "run=child:a,wait",
        "stop=child-stop:a",
        &child("", "sleep 1000 & echo there $$; wait"),
    ];
    let mut app = phases(&script)
        .in_new_session()
        .without(Without::Proc)
        .spawn();
    let session = Session::of(app.pid());
    started(&mut app);
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_once("a signal: 15 (SIGTERM)")
        .assert_no_stderr();
    wait_until("nothing is left", || session.others().is_empty());
}

/// A sandbox may refuse the signal of a parent's death, and other systems have none. Children are started all the same.
#[test]
fn without_the_signal_of_a_parents_death() {
    if !available(Capability::Seccomp, "without_the_signal_of_a_parents_death") {
        return;
    }
    let script = [
        "run=child:a,child-wait:a,child:b,child-wait:b",
        "a=| exit 7",
        "b=outlives | exit 8",
    ];
    for error in [Errno::EINVAL, Errno::EPERM] {
        let without = phases(&script).without(Without::ParentDeathSignal(error));
        without
            .spawn()
            .wait()
            .assert_code(0)
            .assert_no_stderr()
            .assert_in_order(&["a exit status: 7", "b exit status: 8"]);
    }
}

/// All of them end at once, each with its group, in less time than a deadline leaves.
#[test]
fn row_96_many_are_told_at_once() {
    const CHILDREN: usize = 150;
    let names: Vec<_> = (0..CHILDREN).map(|child| format!("c{child}")).collect();
    let all = |verb: &str| {
        let steps: Vec<_> = names.iter().map(|name| format!("{verb}:{name}")).collect();
        steps.join(",")
    };
    let mut script = vec![format!("run={},say:all,wait", all("child"))];
    script.push(format!("stop={},{}", all("tell"), all("child-stop")));
    script.push("timeout-stop=10000".into());
    for name in &names {
        script.push(format!("{name}=grace:60000 | exec tail -f /dev/null"));
    }
    let script: Vec<_> = script.iter().map(String::as_str).collect();
    let mut app = app(&script).spawn();
    app.expect("all");
    app.send_signal(SIGTERM);
    let output = finish(app);
    output.assert_signal(SIGTERM);
    let signalled = |line: &&String| line.ends_with("signal: 15 (SIGTERM)");
    output.assert(
        output.stdout().iter().filter(signalled).count() == CHILDREN,
        "each was to die by SIGTERM",
    );
}

/// Where the kernel reaps all children by itself, statuses are lost, and nothing else.
#[test]
fn row_94_where_others_reap() {
    let script = [
        "run=ignore-children,child:b,child:a,line,child-wait:a,wait",
        "program-of-b=/no/such/program",
        &child("", PATIENT),
        "b=|",
    ];
    let mut app = app(&script).spawn();
    app.expect_prefix(
        "b failed: cannot start `b` (/no/such/program): SIGCHLD is ignored in this process",
    );
    let pid = started(&mut app);
    app.send_line("go");
    nix::sys::signal::kill(pid, SIGTERM).expect("it lives");
    app.expect_prefix("a failed: child `a`");
    app.send_signal(SIGTERM);
    finish(app).assert_signal(SIGTERM);
}

/// A program without an app that was started with SIGCHLD ignored. The kernel would reap its children.
#[test]
fn row_191_without_an_app_where_sigchld_was_ignored() {
    scene(&["bare", "/no/such/program", "exit 7"])
        .ignore_signal(Signal::SIGCHLD)
        .spawn()
        .wait()
        .assert_code(0)
        .assert_no_stderr()
        .assert_stdout(&[
            "failed: cannot start `program` (/no/such/program): No such file or directory (os error 2)",
            "exit status: 7",
        ]);
}
