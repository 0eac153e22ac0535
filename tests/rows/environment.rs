//! What the process inherits, and what it hands on.

use aplomb_testing::{Capability, Child, Command, SignalField, SignalSet};
use nix::sys::signal::Signal::{self, SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use nix::unistd::Pid;

use super::start_stop::WHOLE;
use crate::programs::{assert_inherited, inherited_signals, phases};
use crate::support::available;

/// Sends a signal that is to be without any effect; the app says so.
fn not_noticed(app: &mut Child, signal: Signal) {
    app.send_signal(signal);
    // The kernel drops an ignored signal at once; the answer comes after it in any case.
    app.send_line("go");
    app.expect("requested false");
    app.send_line("go");
}

/// What the app says then and does at the end.
const ASKED_TWICE: [&str; 7] = ["S+", "S-", "R+", "requested false", "R-", "P+", "P-"];

#[test]
fn row_54_in_the_background_of_a_script() {
    // Without job control, what a shell starts by `&` ignores SIGINT and SIGQUIT.
    let app = phases(&["run=line,requested,line,wait"]);
    // The process itself says its number, before it becomes the app.
    let script = "exec 3<&0; sh -c 'echo \"pid $$\"; exec \"$@\"' sh \"$@\" <&3 & wait $!; echo \"status $?\"";
    let mut shell = app.in_shell(script).spawn();
    let pid = shell.expect_prefix("pid ").parse().expect("a pid");
    shell.expect("R+");
    shell.set_target(Pid::from_raw(pid));
    if Capability::Linux.is_available() {
        let ignored = shell.process().signals(SignalField::Ignored);
        assert!(ignored.contains(SIGINT), "the shell was to ignore it");
    }
    not_noticed(&mut shell, SIGINT);
    shell.send_signal(SIGTERM);
    // What a shell shows of a death by SIGTERM; some say a word about it, too.
    shell
        .wait()
        .assert_code(0)
        .assert_in_order(&ASKED_TWICE)
        .assert_in_order(&["P-", "status 143"]);
}

/// An ignored SIGINT once more, with the status as its parent sees it.
#[test]
fn row_54_ignored_sigint() {
    assert_inherited(SIGINT, SignalField::Ignored, |cat| {
        cat.ignore_signal(SIGINT)
    });
    let mut app = phases(&["run=line,requested,line,wait"])
        .ignore_signal(SIGINT)
        .spawn();
    app.expect("R+");
    not_noticed(&mut app, SIGINT);
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&ASKED_TWICE)
        .assert_no_stderr();
}

#[test]
fn row_55_under_nohup() {
    assert_inherited(SIGHUP, SignalField::Ignored, |cat| cat.wrapper(["nohup"]));
    let mut app = phases(&["run=line,requested,line,wait"])
        .wrapper(["nohup"])
        .spawn();
    app.expect("R+");
    not_noticed(&mut app, SIGHUP);
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&ASKED_TWICE);
}

#[test]
fn row_56_started_with_sigterm_blocked() {
    assert_inherited(SIGTERM, SignalField::Blocked, |cat| {
        cat.block_signal(SIGTERM)
    });
    let mut app = phases(&["run=wait"]).block_signal(SIGTERM).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
}

#[test]
fn row_57_started_with_sigchld_ignored() {
    assert_inherited(SIGCHLD, SignalField::Ignored, |cat| {
        cat.ignore_signal(SIGCHLD)
    });
    phases(&["start=child-term:start", "run=child-term:run"])
        .ignore_signal(SIGCHLD)
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&[
            "S+",
            "start child died by Some(15)",
            "S-",
            "R+",
            "run child died by Some(15)",
            "R-",
            "P+",
            "P-",
        ])
        .assert_no_stderr();
}

#[test]
fn row_58_children_start_clean() {
    if !available(Capability::Linux, "row_58") {
        return;
    }
    // What a child of ours gets when no app is in between.
    let [blocked, ignored] = [SignalField::Blocked, SignalField::Ignored]
        .map(|field| inherited_signals(field, |cat| cat));
    assert!(
        blocked.is_empty() && ignored.named().is_empty(),
        "the tests run in odd conditions"
    );
    let descriptors = Command::new("ls")
        .args(["/proc/self/fd"])
        .spawn()
        .wait()
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
    app.send_signal(SIGTERM);
    let output = app.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    for place in ["start", "run", "shield", "worker", "asked", "stop"] {
        output.assert_in_order(&[&format!("{place} child died by Some(15)")]);
        output.assert_once(&format!("{place} fds {}", descriptors.join(" ")));
        let beginning = format!("{place} ");
        let lines: Vec<_> = output
            .stdout()
            .iter()
            .filter_map(|line| line.strip_prefix(&beginning).map(str::to_owned))
            .collect();
        let blocked = SignalSet::from_status(&lines.join("\n"), SignalField::Blocked);
        output.assert(
            blocked.is_empty(),
            &format!("{place}: signals are blocked: {blocked:?}"),
        );
        let theirs = SignalSet::from_status(&lines.join("\n"), SignalField::Ignored);
        output.assert(
            theirs.named().is_empty(),
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
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_in_order(&["R+", "forked", "child died by Some(15)", "requested false"])
        .assert_in_order(&["requested false", "R-", "P+", "P-"])
        .assert_no_stderr();
}
