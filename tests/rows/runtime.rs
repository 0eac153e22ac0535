//! A runtime of tokio's that a function of the program's makes.

use aplomb_testing::Command;
use nix::sys::signal::Signal::SIGTERM;

use super::executors::KEEPER;
use super::named::{Case, each_is_named, ends_by_itself};
use crate::programs::{On, phases_on, scene};

/// A program whose runtime is made by this script.
fn built_by(script: &str) -> Command {
    let build = format!("build={script}");
    phases_on(On::Runtime, &[&build, "start=ok", "run=ok"])
}

#[test]
fn row_206_the_function_fails() {
    built_by("err:no luck")
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&["Error: cannot build the runtime: no luck"]);
}

#[test]
fn row_206_the_function_panics() {
    built_by("panic:no luck")
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&[])
        .assert_stderr_once(&["no luck"]);
}

/// In a program that goes on.
#[test]
fn row_206_the_function_fails_in_a_program_that_goes_on() {
    for (script, ended) in [("err:no luck", "Code(1)"), ("panic:no luck", "Code(101)")] {
        let mut app = built_by(script).arg("embedded=once").spawn();
        app.expect("alone");
        app.send_line("go");
        app.wait()
            .assert_code(0)
            .assert_in_order(&[&format!("status {ended}"), "went on"])
            .assert_stderr_once(&["no luck"])
            .assert_never("S+");
    }
}

/// The handlers are there, and the process ends at once, as in the body of `main`.
#[test]
fn row_206_a_signal_while_the_runtime_is_made() {
    let mut app = built_by("say:in,block").spawn();
    app.expect("in");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&["in"])
        .assert_no_stderr();
}

#[test]
fn row_206_a_guard_is_leaked_by_the_function() {
    built_by("leak:lost")
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "P-"])
        .assert_stderr_once(&["shield `lost`"]);
}

/// A function that the runtime calls panics. The runtime is not dropped then: its threads never end. That function is
/// surely called, since the phases wait for a shield of a thread.
#[test]
fn row_206_a_hook_panics_while_the_pool_is_busy() {
    let script = [
        "start=thread:keeper,pass:in",
        KEEPER,
        "run=fill-pool,say:full,wait",
        "park=say:parked,panic:no luck",
    ];
    let mut app = phases_on(On::BareRuntime, &script).spawn();
    app.expect("full");
    app.send_signal(SIGTERM);
    app.expect("parked");
    app.send_line("go");
    app.wait()
        .assert_code(101)
        .assert_once("R+")
        .assert_stderr_once(&["no luck"]);
}

/// The library needs no driver. A child's pipe does, and tokio says so.
#[test]
fn row_206_a_pipe_without_a_driver() {
    scene(&["piped", "on=bare-runtime"])
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&["R+", "P+"])
        .assert_stderr_once(&["IO is disabled"]);
    scene(&["piped", "on=runtime"])
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&["R+", "hello", "P+"])
        .assert_no_stderr();
}

#[test]
fn row_206_the_function_takes_long() {
    let begins = "the executor, which has not begun";
    let app = built_by("request:enough,line");
    let outputs = each_is_named(vec![Case::new(begins, app, ends_by_itself)]);
    outputs[0].assert_code(0);
    built_by("request:enough,block")
        .arg("deadline=700")
        .spawn()
        .wait()
        .assert_code(124)
        .assert_stdout(&[])
        .assert_stderr(&["deadline of 700ms", "the executor has not begun"]);
}
