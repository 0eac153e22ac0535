//! Ways out of the process that are easy to get wrong, beside the rows about them.

use aplomb_testing::{Capability, Command, wait_until};
use nix::sys::signal::Signal::SIGTERM;

use crate::programs::scene;
use crate::support::available;

fn case(name: &str) -> Command {
    scene(&["ways-out", &format!("case={name}")])
}

#[test]
fn who_is_parked_at_the_exit_is_let_through_where_a_shield_waits_for_it() {
    case("parked")
        .spawn()
        .wait()
        .assert_code(3)
        .assert_stdout(&["whole"]);
}

#[test]
fn process_exit_waits_for_an_exit_function() {
    if !available(Capability::Linux, "process_exit_waits_for_an_exit_function") {
        return;
    }
    let mut app = case("exit-function").spawn();
    app.expect("begins");
    app.expect("leaving");
    // The thread says so before it calls `exit`. Until it waits there, the end of the exit function would be that of
    // the app.
    let process = app.process();
    wait_until("`exit` waits", || {
        let threads = process.threads();
        let exits = threads.iter().find(|thread| thread.name == "exits");
        exits.is_some_and(|exits| exits.state == 'S')
    });
    app.send_line("go");
    app.wait()
        .assert_code(7)
        .assert_stdout(&["begins", "leaving", "whole"]);
}

#[test]
fn process_exit_waits_for_shields_without_a_descriptor_left() {
    let mut app = case("no-descriptor").spawn();
    app.expect("half");
    app.expect("leaving");
    app.send_line("go");
    app.wait()
        .assert_code(1)
        .assert_stdout(&["half", "leaving", "whole"]);
}

#[test]
fn death_by_a_signal_does_not_wait_for_a_stream_that_a_thread_reads() {
    let mut app = case("c-stream").spawn();
    app.expect("ready");
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_no_stderr();
}

#[test]
fn a_rollback_is_not_kept_waiting_by_the_drain() {
    case("rollback")
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&["joined"]);
}

#[test]
fn exit_functions_do_not_use_up_the_time_of_stop() {
    case("slow-exit")
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&["whole"])
        .assert_no_stderr();
}

/// Without an app there is no listener that could do it.
#[test]
fn row_147_an_exit_function_is_named_where_there_is_no_app() {
    let mut app = case("no-app").spawn();
    app.expect_stderr(&["waiting for function of `at_exit` (", "ways_out.rs:"]);
    app.send_line("go");
    app.wait()
        .assert_code(0)
        .assert_stderr_once(&["waiting for"]);
}

#[test]
fn what_a_callback_has_thrown_does_not_throw_again() {
    case("payload")
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&["the next one"]);
}

/// A fork leaves the other threads of the app to the parent. The child says so, and does not wait for them.
#[test]
fn a_forked_child_that_returns_from_a_phase_ends() {
    for name in ["fork", "fork-beside-a-function", "fork-of-a-component"] {
        case(name)
            .spawn()
            .wait()
            .assert_code(0)
            .assert_stdout(&["ended with Some(1)"])
            .assert_stderr_once(&["this is a forked child of an app"]);
    }
}
