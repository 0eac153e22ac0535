//! Children that are to say that they are ready.

use std::thread;

use aplomb_testing::{Capability, wait_until};
use nix::sys::signal::Signal::{SIGTERM, SIGUSR1};
use nix::sys::signal::kill;

use super::children::{app, child, finish, is_there, pid_after, started};
use crate::ON;
use crate::programs::phases;
use crate::support::{A_WHILE, available};

const SAYS: &str = "echo > /dev/fd/$APLOMB_READY_FD";

/// How a child is started that is to be ready: on a thread, in a task, or in a shield.
const STARTS: [&str; 3] = ["child:a", "child-async:a", "shield:all,child:a,unshield"];

#[test]
fn row_188_spawn_waits_until_the_child_is_ready() {
    for start in STARTS {
        let text = format!("echo there $$; read go < \"$PIPE\"; {SAYS}; exec tail -f /dev/null");
        let run = format!("run={start},say:goes on,wait");
        let script = [&*run, &child("ready:60000", &text)];
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a named pipe");
        let mut app = app(&script).env("PIPE", &pipe).spawn();
        started(&mut app);
        thread::sleep(A_WHILE);
        app.assert_running_without("goes on");
        std::fs::write(&pipe, "go\n").expect("it reads");
        app.expect("goes on");
        app.send_signal(SIGTERM);
        finish(app).assert_signal(SIGTERM).assert_no_stderr();
    }
}

/// Whoever has the descriptor may say it: the program that the child becomes, and one that it starts. Once is enough,
/// and more often does no harm.
#[test]
fn row_188_who_says_it() {
    let program = env!("CARGO_BIN_EXE_phases");
    let rust = format!("exec {program} run=say-ready,say-ready,say:still,wait");
    // Outside of any app as well.
    let bare = format!("exec {program} before=say-ready run=say:still,wait");
    let texts = [
        format!("exec sh -c '{SAYS}; echo still; exec tail -f /dev/null'"),
        format!("sh -c '{SAYS}' & echo still; exec tail -f /dev/null"),
        format!("{SAYS}; {SAYS}; {SAYS}; echo still; exec tail -f /dev/null"),
        rust,
        bare,
    ];
    for text in texts {
        for start in STARTS {
            let run = format!("run={start},line,child-stop:a");
            let script = [&*run, &child("ready:60000", &text)];
            let mut app = app(&script).spawn();
            app.expect("still");
            app.send_line("go");
            finish(app)
                .assert_code(0)
                .assert_once("a signal: 15 (SIGTERM)")
                .assert_no_stderr();
        }
    }
}

/// Where nobody has asked for it, nothing happens: also where the variables are there, and the descriptor is not.
#[test]
fn row_188_where_nobody_asked() {
    let said = |app: aplomb_testing::Command| {
        app.spawn()
            .wait()
            .assert_code(0)
            .assert_no_stderr()
            .assert_once("said");
    };
    said(phases(&["run=say-ready,say:said"]));
    for fd in ["1", "999", "no number"] {
        let stale = phases(&["run=say-ready,say:said"]);
        said(
            stale
                .env("APLOMB_READY_FD", fd)
                .env("APLOMB_READY_INODE", "1"),
        );
    }
}

/// The descriptor is that child's alone, however many are started at the same time, and so are the variables.
#[test]
fn row_188_no_other_child_has_the_descriptor() {
    const EACH: usize = 20;
    if !available(Capability::Linux, "row_188") {
        return;
    }
    let list = "echo ${APLOMB_READY_INODE:-untold}; exec ls -l /proc/self/fd";
    let with = format!("{SAYS}; {list}");
    let mut script: Vec<String> = Vec::new();
    let mut threads = Vec::new();
    for thread in 0..4 {
        let names: Vec<_> = (0..EACH)
            .map(|child| format!("c{thread}x{child}"))
            .collect();
        let step = |name: &String| format!("child:{name},child-wait-async:{name}");
        let steps: Vec<_> = names.iter().map(step).collect();
        threads.push(format!("t{thread}"));
        script.push(format!("t{thread}={}", steps.join(",")));
        for (child, name) in names.iter().enumerate() {
            script.push(match child % 2 {
                0 => format!("{name}=ready:60000 | {with}"),
                _ => format!("{name}=| {list}"),
            });
        }
    }
    let all = |verb: &str| {
        let steps: Vec<_> = threads
            .iter()
            .map(|name| format!("{verb}:{name}"))
            .collect();
        steps.join(",")
    };
    script.push(format!("run={},{}", all("spawn"), all("join")));
    let script: Vec<_> = script.iter().map(String::as_str).collect();
    let output = finish(app(&script).spawn());
    output.assert_code(0).assert_no_stderr();
    let lines = output.stdout();
    let untold = lines.iter().filter(|line| *line == "untold").count();
    let told = lines.iter().filter(|line| line.parse::<u64>().is_ok());
    let pipes: Vec<_> = told.map(|inode| format!("pipe:[{inode}]")).collect();
    assert_eq!((pipes.len(), untold), (2 * EACH, 2 * EACH));
    for pipe in pipes {
        let having = lines.iter().filter(|line| line.ends_with(&pipe)).count();
        output.assert(
            having == 1,
            &format!("one child was to have {pipe}, and not {having}"),
        );
    }
}

#[test]
fn row_189_one_that_is_not_ready_is_killed() {
    let program = env!("CARGO_BIN_EXE_phases");
    let grandchild = "tail -f /dev/null & echo other $!;";
    let pid = "child `a` (pid ";
    for (words, text, after) in [
        (
            // Long enough for a busy machine to have started both.
            "ready:2000",
            format!("{grandchild} wait"),
            ") was not ready within 2s: signal: 9 (SIGKILL) [signal: 9 (SIGKILL)] (TimedOut)",
        ),
        // The end of the child counts, although what it leaves behind has the descriptor.
        (
            "ready:60000",
            format!("{grandchild} exit 3"),
            ") has ended before it was ready: exit status: 3 [exit status: 3] (Other)",
        ),
        (
            "essential ready:60000",
            format!("{grandchild} exit 3"),
            ") has ended before it was ready: exit status: 3 [exit status: 3] (Other)",
        ),
        (
            "ready:60000",
            format!("echo other $$; exec {program} run=close-ready,wait"),
            ") has closed its ready descriptor without a word: signal: 9 (SIGKILL) [signal: 9 (SIGKILL)] (Other)",
        ),
    ] {
        for start in STARTS {
            let run = format!("run={start},line");
            let script = [&*run, &child(words, &text)];
            let mut app = app(&script).spawn();
            let other = pid_after(&mut app, "other ");
            let failed = app.expect_prefix("a failed: ");
            assert!(
                failed.starts_with(pid) && failed.ends_with(after),
                "{failed}"
            );
            // With all of its group.
            wait_until("nothing is left", || !is_there(other));
            app.send_line("go");
            finish(app).assert_code(0).assert_no_stderr();
        }
    }
}

#[test]
fn row_189_the_cancellation_ends_the_wait() {
    // On a thread nothing drops a future.
    let count = if ON.is_tasks() { 2 } else { 1 };
    for start in &STARTS[..count] {
        let run = format!("run={start},say:over");
        let text = "trap 'echo told; exit 5' TERM; echo there $$; while :; do tail -f /dev/null & wait; done";
        let script = [&*run, &child("ready:60000", text)];
        let mut app = app(&script).spawn();
        started(&mut app);
        app.send_signal(SIGTERM);
        app.expect("told");
        finish(app).assert_signal(SIGTERM).assert_once("over");
    }
}

/// Inside a shield the wait goes on.
#[test]
fn row_189_not_in_a_shield() {
    let text = format!(
        "trap '{SAYS}; exec tail -f /dev/null' USR1; echo there $$; while :; do tail -f /dev/null & wait; done"
    );
    let script = [
        "run=shield:all,child:a,unshield,say:goes on,wait",
        &child("ready:60000", &text),
    ];
    let mut app = app(&script).spawn();
    let pid = started(&mut app);
    app.send_signal(SIGTERM);
    thread::sleep(A_WHILE);
    app.assert_running_without("goes on");
    kill(pid, SIGUSR1).expect("it lives");
    app.expect("goes on");
    finish(app).assert_signal(SIGTERM).assert_no_stderr();
}
