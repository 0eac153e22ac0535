//! What probes and metrics see: the phase of the app, and the request apart from the cancellation.

use aplomb_testing::Signal::SIGTERM;

use crate::programs::phases;

#[test]
fn row_209_each_phase_of_an_app_that_drains() {
    let script = [
        "drain=300",
        "start=at-exit:bye,phase",
        "run=phase,await-request,phase,wait,phase",
        "stop=phase",
        "bye=phase",
    ];
    let mut app = phases(&script).spawn();
    app.expect("running");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_no_stderr()
        .assert_stdout(&[
            "S+", "starting", "S-", "R+", "running", "asked", "draining", "stopping", "R-", "P+",
            "stopping", "P-", "leaving",
        ]);
}

#[test]
fn row_209_without_a_drain() {
    let script = ["run=await-request,phase,wait", "stop=phase"];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_no_stderr()
        .assert_stdout(&[
            "S+", "S-", "R+", "asked", "stopping", "R-", "P+", "stopping", "P-",
        ]);
}

/// The request is seen in `start`, inside its shield, and while another one is held.
#[test]
fn row_209_in_start() {
    let script = ["start=phase,await-request,phase", "run=phase", "stop=phase"];
    let mut app = phases(&script).spawn();
    app.expect("starting");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_no_stderr()
        .assert_stdout(&[
            "S+", "starting", "asked", "starting", "S-", "P+", "stopping", "P-",
        ]);
}

#[test]
fn row_209_after_a_failed_start() {
    let script = ["start=at-exit:bye,err:no", "undo=phase", "bye=phase"];
    phases(&script)
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&["S+", "S-", "stopping", "leaving"]);
}

#[test]
fn row_209_run_ends_by_itself() {
    let script = [
        "start=spawn:probe",
        "probe=await-request,phase",
        "run=ok",
        "stop=join:probe",
    ];
    phases(&script)
        .spawn()
        .wait()
        .assert_code(0)
        .assert_no_stderr()
        .assert_once("asked")
        .assert_once("stopping");
}

#[test]
fn row_209_an_exit_of_other_code() {
    phases(&["run=at-exit:bye,exit:5", "bye=phase"])
        .spawn()
        .wait()
        .assert_code(5)
        .assert_stdout(&["S+", "S-", "R+", "leaving"]);
}

/// A thread and a task are told of each change.
#[test]
fn row_209_each_change_of_the_phase() {
    let script = [
        "drain=1500",
        "start=thread:watch",
        "watch=phases,open:left",
        "run=past-running,wait,past-running",
        "bye=pass:left",
        "stop=at-exit:bye",
        "quiet=SRP",
    ];
    let mut app = phases(&script).spawn();
    app.expect("running");
    app.send_signal(SIGTERM);
    app.expect("now draining");
    let output = app.wait();
    output
        .assert_signal(SIGTERM)
        .assert_no_stderr()
        .assert_in_order(&["running", "draining", "leaving"]);
    output.assert_in_order(&["now draining", "now stopping"]);
}
