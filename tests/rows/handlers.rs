//! With what mask our handlers run, and on how much of a stack.

use aplomb_testing::Capability;
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};

use crate::programs::phases;
use crate::support::available;

/// What says of a signal that its action is as it should be.
fn whole(signal: &str) -> String {
    format!("{signal} lets through [], blocks faults [], has flags true")
}

#[test]
fn row_126_the_actions_of_all_handlers() {
    if !available(Capability::Linux, "row_126") {
        return;
    }
    // Of each role one, and for a second app those that are put back.
    let script = ["run=actions", "usr1=", "reap-orphans=yes", "embedded=twice"];
    let output = phases(&script).spawn().wait();
    output.assert_code(0).assert_no_stderr();
    let lines = output.stdout();
    let said = |line: &&String| line.contains(" lets through ");
    let said: Vec<_> = lines.iter().filter(said).collect();
    let due = ["SIGHUP", "SIGINT", "SIGUSR1", "SIGTERM", "SIGCHLD"].map(whole);
    output.assert(
        said == due.iter().chain(&due).collect::<Vec<_>>(),
        "each was due twice, in the order of their numbers",
    );
}

#[test]
fn row_126_the_actions_of_all_handlers_as_pid_1() {
    if !available(Capability::PidNamespace, "row_126") {
        return;
    }
    let mut app = phases(&["run=line,actions", "quiet=SRP"]).spawn_as_pid_1();
    app.send_line("go");
    let due = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"].map(whole);
    let due: Vec<_> = due.iter().map(String::as_str).collect();
    app.wait()
        .assert_code(0)
        .assert_stdout(&due)
        .assert_no_stderr();
}

/// Those that were there before are called by the same action.
#[test]
fn row_126_a_chained_handler_is_not_interrupted() {
    let script = ["before=chain", "run=nest", "usr1=", "usr2=", "quiet=SRP"];
    let output = phases(&script).spawn().wait();
    output
        .assert_code(0)
        .assert_once("nested false, both true")
        .assert_no_stderr();
}

/// `process::exit` unmaps the alternate stack that the standard library has made for the initial thread.
#[test]
fn row_127_a_signal_finds_a_stack_while_the_process_exits() {
    let script = [
        "start=thread:worker,pass:in",
        "worker=shield:held,open:in,line,say:whole,unshield,hang",
        "run=exit:3",
        "usr1=",
        "quiet=SRP",
    ];
    let mut app = phases(&script).spawn();
    // So it is in the exit.
    app.expect_stderr(&["held"]);
    for signal in [SIGUSR1, SIGTERM, SIGINT, SIGHUP] {
        app.send_signal(signal);
    }
    app.send_line("go");
    app.wait().assert_code(3).assert_once("whole");
}

#[test]
fn row_127_one_delivery_needs_little_of_a_stack() {
    if !available(Capability::Linux, "row_127") {
        return;
    }
    // A function's, the request, one that comes with it, one more signal.
    let signals = "USR1,TERM,TERM,INT,CHLD";
    let stack = format!("stack={signals}");
    let script = ["run=stack", &stack, "usr1=", "reap-orphans=yes"];
    let output = phases(&script).spawn().wait();
    let lines = output.stdout();
    for name in signals.split(',').chain(["child"]) {
        let of_it = |line: &&String| line.starts_with(&format!("{name} "));
        let said: Vec<_> = lines.iter().filter(of_it).collect();
        output.assert(!said.is_empty(), "each was to be measured");
        for line in said {
            let bytes = line.split(' ').nth(1).expect("a number");
            let bytes: usize = bytes.parse().expect("a number");
            output.assert(
                (1..=2048).contains(&bytes),
                &format!("{name} was to touch 2 KiB at the most"),
            );
        }
    }
}
