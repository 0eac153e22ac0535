//! Forked children that do not exec: nothing of ours hangs there, and the parent is left alone.

use std::time::Duration;

use aplomb_testing::{Capability, Command, Output};
use nix::sys::signal::Signal;

use crate::ON;
use crate::programs::{On, scene};
use crate::support::available;

fn case(name: &str) -> Command {
    scene(&["forked", &format!("case={name}")])
}

fn ends_well(name: &str) -> Output {
    let output = case(name).spawn().wait();
    output.assert_code(0);
    output
}

const NO_APP: &str = "this is a forked child of a process with threads, in which no app can begin: \
                      exec, or fork before `App::main`";

#[test]
fn row_170_signals_do_their_default_in_a_forked_child() {
    let both = |signal| {
        [
            format!("plain died by {signal}"),
            format!("with an exit function died by {signal}"),
        ]
    };
    let children = ["SIGINT", "SIGTERM", "SIGHUP"].map(both).concat();
    let mut lines: Vec<_> = children.iter().map(String::as_str).collect();
    lines.extend(["requested false", "signals 0", "stop"]);
    ends_well("signals")
        .assert_stdout(&lines)
        .assert_no_stderr();
}

/// The C library knows of no such child, and calls no function of ours.
#[test]
fn row_170_signals_in_a_child_of_clone() {
    if !available(Capability::Linux, "row_170") {
        return;
    }
    ends_well("raw")
        .assert_stdout(&[
            "raw died by SIGINT",
            "raw died by SIGTERM",
            "raw died by SIGHUP",
            "asking exited 0",
            "requested false",
            "stop",
        ])
        .assert_no_stderr();
}

/// By its number alone such a child would be taken for its parent.
#[test]
fn row_170_a_second_pid_1() {
    if !available(Capability::PidNamespace, "row_170") {
        return;
    }
    let mut program = case("new-namespace").spawn_as_pid_1();
    program.send_line("go");
    let output = program.wait();
    output
        .assert_code(0)
        .assert_stdout(&[
            "pid 1",
            "child's pid 1",
            "child exited 7",
            "requested false",
            "stop",
        ])
        .assert_no_stderr();
}

#[test]
fn row_170_an_exit_in_a_forked_child_waits_for_nobody() {
    ends_well("exits")
        .assert_stdout(&[
            "child exited 4",
            "child holds [], masked true",
            "child holds [], masked false",
            "child holds [\"the child's\"], masked true",
            "the child's exit function in a child",
            "child exited 3",
            "stop",
            "the parent's exit function in the parent",
        ])
        .assert_no_stderr();
}

#[test]
fn row_170_what_a_forked_child_asks_for_is_not_asked_of_its_parent() {
    ends_well("asks")
        .assert_stdout(&[
            "child's reason Some(\"in the child\")",
            "child exited 0",
            "woken false, requested false",
            "stop",
        ])
        .assert_no_stderr();
}

/// The parent is about to drop the future, and the child is not.
#[test]
fn row_170_a_region_in_a_forked_child_of_a_future_that_is_being_dropped() {
    ends_well("dropping")
        .assert_stdout(&["child exited 0", "stop"])
        .assert_no_stderr();
}

/// Nobody in the child looks at the time twice a second, as the parent's listener does.
#[test]
fn row_170_a_forked_child_has_not_been_stopped() {
    ends_well("ages").assert_stdout(&["child exited 0", "stop"]);
}

#[test]
fn row_171_an_app_in_a_forked_child_of_a_phase() {
    ends_well("app-in-run")
        .assert_stdout(&[
            &format!("Forked: {NO_APP}"),
            "child exited 0",
            "child exited 1",
            "stop",
        ])
        .assert_stderr_once(&["Error: ", NO_APP]);
}

#[test]
fn row_171_an_app_in_a_forked_child_of_a_process_with_threads() {
    let refused = format!("Forked: {NO_APP}");
    ends_well("held")
        .assert_stdout(&[
            &refused,
            "child exited 0",
            "child exited 1",
            "the child's exit function",
            "child exited 3",
            &refused,
            "grandchild exited 0",
            "child exited 0",
            "at last",
            "stop",
            "outcome Code(0)",
            "child exited 0",
        ])
        .assert_stderr_once(&["Error: ", NO_APP]);
}

/// The parent has used all there is, and its threads have ended.
#[test]
fn row_171_an_app_in_a_forked_child_of_a_process_without_threads() {
    let times = 20;
    let output = scene(&["forked", "case=alone", &format!("times={times}")])
        .spawn()
        .wait();
    output.assert_code(0).assert_no_stderr();
    let whole = [
        "stop",
        "outcome Signal(15)",
        "whole",
        "stop",
        "the child's exit function",
        "child died by SIGTERM",
    ];
    let mut lines = whole.repeat(times);
    lines.push("the parent's exit function in the parent");
    output.assert_stdout(&lines);
}

#[test]
fn row_172_code_that_we_call_forks_and_returns_in_the_child() {
    let names: &[&str] = match ON {
        On::Threads => &[
            "body",
            "start",
            "function of a signal",
            "run_blocking",
            "on_request",
            "run",
            "stop",
            "cleanup",
        ],
        _ => &[
            "body",
            "start",
            "function of a signal",
            "shielded task",
            "inline",
            "on_request",
            "run",
            "stop",
            "cleanup",
        ],
    };
    let output = ends_well("returns");
    let mut lines: Vec<_> = names
        .iter()
        .map(|name| format!("{name} exited 1"))
        .collect();
    lines.extend(["not in a child", "exit function exited 1", "not in a child"].map(str::to_owned));
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    output.assert_stdout(&lines);
    let said = output.stderr();
    let ends = said
        .iter()
        .filter(|line| line.contains("this is a forked child of an app"));
    output.assert(
        ends.count() == names.len() + 1 && said.len() == names.len() + 1,
        "each child says why it ends",
    );
}

#[test]
fn row_172_a_function_of_on_signal_forks_and_returns_in_the_child() {
    let output = case("on-signal").spawn().wait();
    output
        .assert_signal(Signal::SIGTERM)
        .assert_once("child exited 0")
        .assert_once("function of on_signal exited 1")
        .assert_never("not in a child")
        .assert_stderr_once(&["this is a forked child of an app"]);
}

#[test]
fn row_173_the_children_of_its_parent_are_none_of_a_forked_child() {
    let error = "error Some(\"child `cat` (pid N) is that of another process\")";
    ends_well("children")
        .assert_stdout(&[
            "over Some(Ok(Some(0)))",
            error,
            error,
            error,
            error,
            "signalled Some(false)",
            "own Some(5)",
            "child exited 3",
            "lives true",
            "stop",
        ])
        .assert_no_stderr();
}

/// A child that hangs dies by SIGALRM.
/// The standard library makes its standard output where that is used first, and looks for it at the exit.
#[test]
fn row_174_a_thread_prints_for_the_first_time() {
    Command::new(env!("CARGO_BIN_EXE_first_print"))
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&["first", "child exited 5"])
        .assert_no_stderr();
}

#[test]
fn row_174_forks_while_other_threads_use_all_there_is() {
    // Beside eighty other busy processes, on two processors, this takes 17 s.
    const LIMIT: Duration = Duration::from_mins(1);
    let forks = 100;
    let output = scene(&["forked", "case=storm", &format!("forks={forks}")])
        .timeout(LIMIT)
        .spawn()
        .wait();
    // Nothing is said of standard error: where the processors are busy, what an app waits for may be named there.
    output.assert_code(0);
    output.assert_once(&format!("children {{\"exited 2\": {}}}", 2 * forks));
}
