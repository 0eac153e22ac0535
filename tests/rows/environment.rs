//! What the process inherits, and what it hands on.

use nix::sys::signal::Signal::{self, SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use nix::unistd::Pid;

use super::start_stop::WHOLE;
use crate::support::{Mask, Program, Running, cat_status, phases, shell};

/// Sends a signal that is to be without any effect; the app says so.
fn not_noticed(app: &mut Running, signal: Signal) {
    app.signal(signal);
    // The kernel drops an ignored signal at once; the answer comes after it in any case.
    app.go();
    app.expect("requested false");
    app.go();
}

/// What the app says then and does at the end.
const ASKED_TWICE: [&str; 7] = ["S+", "S-", "R+", "requested false", "R-", "P+", "P-"];

#[test]
fn row_54_in_the_background_of_a_script() {
    // Without job control, what a shell starts by `&` ignores SIGINT and SIGQUIT.
    let app = phases(&["run=line,requested,line,wait"]);
    let script = "exec 3<&0; \"$@\" <&3 & echo \"pid $!\"; wait $!; echo \"status $?\"";
    let mut shell = shell(script, &app).spawn();
    let pid = shell.expect_after("pid ").parse().expect("a pid");
    shell.expect("R+");
    shell.aim_at(Pid::from_raw(pid));
    assert!(
        shell.process().mask("SigIgn").contains(SIGINT),
        "the shell was to ignore it"
    );
    not_noticed(&mut shell, SIGINT);
    shell.signal(SIGTERM);
    // What a shell shows of a death by SIGTERM; some say a word about it, too.
    shell
        .finish()
        .exited(0)
        .in_order(&ASKED_TWICE)
        .in_order(&["P-", "status 143"]);
}

/// The same, with the status as its parent sees it.
#[test]
fn row_54_ignored_sigint() {
    let (_, ignored) = cat_status(|cat| cat.with_ignored(SIGINT));
    assert!(
        ignored.contains(SIGINT),
        "it was to be started with SIGINT ignored"
    );
    let mut app = phases(&["run=line,requested,line,wait"])
        .with_ignored(SIGINT)
        .spawn();
    app.expect("R+");
    not_noticed(&mut app, SIGINT);
    app.signal(SIGTERM);
    app.finish().died_by(SIGTERM).said(&ASKED_TWICE).quiet();
}

#[test]
fn row_55_under_nohup() {
    let (_, ignored) = cat_status(|cat| cat.under(&["nohup"]));
    assert!(ignored.contains(SIGHUP), "nohup ignores SIGHUP");
    let mut app = phases(&["run=line,requested,line,wait"])
        .under(&["nohup"])
        .spawn();
    app.expect("R+");
    not_noticed(&mut app, SIGHUP);
    app.signal(SIGTERM);
    app.finish().died_by(SIGTERM).said(&ASKED_TWICE);
}

#[test]
fn row_56_started_with_sigterm_blocked() {
    let (blocked, _) = cat_status(|cat| cat.with_blocked(SIGTERM));
    assert!(
        blocked.contains(SIGTERM),
        "it was to be started with SIGTERM blocked"
    );
    let mut app = phases(&["run=wait"]).with_blocked(SIGTERM).spawn();
    app.expect("R+");
    app.signal(SIGTERM);
    app.finish().died_by(SIGTERM).said(&WHOLE).quiet();
}

#[test]
fn row_57_started_with_sigchld_ignored() {
    let (_, ignored) = cat_status(|cat| cat.with_ignored(SIGCHLD));
    assert!(
        ignored.contains(SIGCHLD),
        "it was to be started with SIGCHLD ignored"
    );
    phases(&["start=child-term:start", "run=child-term:run"])
        .with_ignored(SIGCHLD)
        .spawn()
        .finish()
        .exited(0)
        .said(&[
            "S+",
            "start child died by Some(15)",
            "S-",
            "R+",
            "run child died by Some(15)",
            "R-",
            "P+",
            "P-",
        ])
        .quiet();
}

#[test]
fn row_58_children_start_clean() {
    // What a child of ours gets when no app is in between.
    let (blocked, ignored) = cat_status(|cat| cat);
    assert!(
        blocked.is_empty() && !ignored.contains(SIGTERM),
        "the tests run in odd conditions"
    );
    let descriptors = Program::new("ls")
        .args(&["/proc/self/fd"])
        .spawn()
        .finish()
        .stdout();
    let phase =
        |name: &str| format!("{name}=child-status:{name},child-term:{name},child-term:{name}");
    let mut app = phases(&[
        &phase("start"),
        "run=child-status:run,child-term:run,shield:s,child-status:shield,child-term:shield,\
         spawn:worker,join:worker,unshield,accepted,child-status:asked,child-term:asked",
        &phase("worker"),
        &phase("stop"),
    ])
    .spawn();
    app.expect("worker child died by Some(15)");
    app.expect("worker child died by Some(15)");
    app.signal(SIGTERM);
    let ending = app.finish();
    ending.died_by(SIGTERM).quiet();
    for place in ["start", "run", "shield", "worker", "asked", "stop"] {
        ending.in_order(&[&format!("{place} child died by Some(15)")]);
        ending.once(&format!("{place} fds {}", descriptors.join(" ")));
        let beginning = format!("{place} ");
        let lines: Vec<_> = ending
            .stdout()
            .iter()
            .filter_map(|line| line.strip_prefix(&beginning).map(str::to_owned))
            .collect();
        let blocked = Mask::in_lines(&lines, "SigBlk");
        ending.check(
            blocked.is_empty(),
            &format!("{place}: signals are blocked: {blocked:?}"),
        );
        let theirs = Mask::in_lines(&lines, "SigIgn");
        ending.check(
            theirs == ignored,
            &format!("{place}: signals are ignored: {theirs:?}"),
        );
    }
}

#[test]
fn row_59_a_child_that_has_not_become_another_program() {
    let mut app = phases(&["run=child-forked,requested,wait"]).spawn();
    app.expect("forked");
    app.expect("child died by Some(15)");
    app.expect("requested false");
    app.signal(SIGTERM);
    app.finish()
        .died_by(SIGTERM)
        .in_order(&["R+", "forked", "child died by Some(15)", "requested false"])
        .in_order(&["requested false", "R-", "P+", "P-"])
        .quiet();
}
