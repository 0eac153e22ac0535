//! Apps one after the other in one process: nothing of the first is left for the second, nor for the process after it.

use aplomb_testing::{Capability, Command, Output};
use nix::sys::signal::Signal::{SIGCHLD, SIGTERM};

use crate::ON;
use crate::programs::{On, scene};
use crate::support::available;

/// What the first and the second app are made of. The first one is what these rows are about.
const KINDS: [&str; 2] = match ON {
    On::Threads => ["kinds=threads,threads", "kinds=threads,tasks"],
    _ => ["kinds=tasks,tasks", "kinds=tasks,threads"],
};

fn case(name: &str, kinds: &str) -> Command {
    scene(&["succession", &format!("case={name}"), kinds])
}

fn ends_well(name: &str, kinds: &str) -> Output {
    let output = case(name, kinds).spawn().wait();
    output.assert_code(0);
    output
}

/// The process is looked at before, between and after: signals, threads, descriptors, children. In between a forked
/// child takes signals as by default, and runs an app of its own.
#[test]
fn row_175_a_second_app_finds_nothing_of_the_first() {
    if !available(Capability::Linux, "row_175") {
        return;
    }
    let ways = [
        ("returns", "Code(0)"),
        ("fails", "Code(1)"),
        ("panics", "Code(101)"),
        ("asks", "Code(7)"),
        ("by a signal", "Signal(15)"),
        ("by three signals", "Signal(1)"),
        ("by a timer", "Signal(14)"),
        ("insisted on", "Signal(2)"),
        ("start fails", "Code(1)"),
        ("start panics", "Code(101)"),
        ("requested in start", "Code(0)"),
        ("stop fails", "Code(1)"),
        ("stop panics", "Code(101)"),
        ("out of time", "Code(124)"),
        ("given up", "Code(124)"),
        ("with limits", "Code(0)"),
        ("that drains", "Code(0)"),
        ("with watchers", "Signal(15)"),
        ("for orphans", "Code(0)"),
        ("in a shield", "could not begin"),
        ("that contradicts itself", "could not begin"),
        ("with no such signal", "could not begin"),
    ];
    let lines = ways.map(|(way, ended)| format!("{way}: {ended}, found {{}}"));
    for kinds in KINDS {
        ends_well("ways", kinds).assert_stdout(&lines.each_ref().map(String::as_str));
    }
}

#[test]
fn row_175_the_limits_of_the_first_are_none_of_the_second() {
    for kinds in KINDS {
        ends_well("limits", kinds).assert_stdout(&["Code(0), Signal(2), found {}"]);
        for exits in ["exits=in", "exits=after"] {
            let output = case("exit-wait", kinds).args([exits]).spawn().wait();
            output.assert_code(3).assert_stdout(&["whole"]);
        }
    }
}

/// A child of the first app lives on, and the deadline of the second one is none of it.
#[test]
fn row_175_a_deadline_of_the_second_does_not_hit_a_child_of_the_first() {
    for kinds in KINDS {
        ends_well("children", kinds).assert_stdout(&[
            "first Code(0)",
            "the second one's signal: 9 (SIGKILL)",
            "the first one's exit status: 7",
        ]);
    }
}

#[test]
fn row_175_what_the_first_has_waited_for_is_not_named_again() {
    for kinds in KINDS {
        let output = ends_well("names", kinds);
        output.assert_stdout(&["Code(0)"; 4]);
        output.assert_stderr_once(&["waiting for shield `long`"]);
        let said = output.stderr();
        output.assert(
            !said.iter().any(|line| line.contains("short")),
            "a second app ends before its shield is named",
        );
    }
}

#[test]
fn row_175_exit_functions_are_the_process_s() {
    for kinds in KINDS {
        ends_well("exit-functions", kinds)
            .assert_stdout(&["over", "over", "second's", "first's"])
            .assert_no_stderr();
    }
}

#[test]
fn row_175_the_terminal_is_restored_by_the_first_alone() {
    for kinds in KINDS {
        let (app, mut terminal) = case("terminal", kinds).spawn_on_terminal();
        terminal.expect("changed false");
        terminal.expect("changed true");
        app.wait().assert_code(0);
    }
}

#[test]
fn row_175_an_app_that_cannot_begin_leaves_what_was_inherited() {
    if !available(Capability::Linux, "row_175") {
        return;
    }
    for kinds in KINDS {
        let inherits = case("inherited", kinds).block_signal(SIGTERM);
        let output = inherits.ignore_signal(SIGCHLD).spawn().wait();
        output.assert_code(0).assert_no_stderr().assert_stdout(&[
            "in a shield: refused true, as before true",
            "that contradicts itself: refused true, as before true",
            "with no such signal: refused true, as before true",
            "Code(0), blocked nothing true, ignored SIGCHLD false",
        ]);
    }
}

/// signal-hook's registry installs its handler once in a process, and the end of an app takes it away.
#[test]
fn row_175_whoever_has_registered_before_hears_of_signals_again() {
    for kinds in KINDS {
        ends_well("registry", kinds)
            .assert_stdout(&[
                "Signal(10), heard true",
                "after the first heard true",
                "Signal(10), heard true",
                "after the second heard true",
                "late died by SIGUSR2",
            ])
            .assert_no_stderr();
    }
}

/// The registry calls the one that it has found when the signal was handled first.
#[test]
fn row_175_handlers_of_the_program_are_back_after_each_app() {
    for kinds in KINDS {
        ends_well("handlers", kinds)
            .assert_stdout(&[
                "in the app [1, 0]",
                "after it [2, 0]",
                "in the app [3, 0]",
                "after it [3, 1]",
            ])
            .assert_no_stderr();
    }
}
