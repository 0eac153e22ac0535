//! What becomes of the lines that the library says: a function takes them, or nobody does, and what says why the
//! process ends with a failure is never lost.

use std::time::{Duration, Instant};

use aplomb_testing::{Capability, Output};
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use crate::programs::phases;
use crate::support::{available, pause_past_debounce};

/// What the function was told that has a line.
fn reported(output: &Output) -> Vec<String> {
    let lines = output.stdout();
    let lines = lines.iter().filter_map(|line| line.strip_prefix("! "));
    lines.map(str::to_owned).collect()
}

/// Whatever keeps a failure from the function, the line is on standard error once.
fn is_printed_once(script: &[&str], code: i32, line: &str) -> Output {
    let output = phases(script).spawn().wait();
    output.assert_code(code);
    let times = output.stderr().iter().filter(|said| *said == line).count();
    output.assert(times == 1, "the failure was expected once");
    output
}

const ERROR: &str = "Error: Text(\"no\")";
const PASSED: &str = "aplomb: timeout(stop) of 400ms has passed: `stop` has not ended";
const DEADLINE: [&str; 3] = ["run=ok", "stop=hang", "timeout-stop=400"];

#[test]
fn row_212_a_function_takes_them() {
    let failures = [
        (&["start=err:no"][..], 1, "failure Text(\"no\")"),
        (&["run=err:no"], 1, "failure Text(\"no\")"),
        (&["stop=err:no"], 1, "failure Text(\"no\")"),
        (
            &DEADLINE,
            124,
            "failure timeout(stop) of 400ms has passed: `stop` has not ended",
        ),
    ];
    for (script, code, line) in failures {
        let output = phases(&[script, &["report=tell"]].concat()).spawn().wait();
        output.assert_code(code).assert_no_stderr();
        let told = reported(&output);
        output.assert(told.first().is_some_and(|told| told == line), "the line");
    }
}

#[test]
fn row_212_what_the_end_waits_for_is_no_failure() {
    let mut app = phases(&["run=wait", "stop=line", "report=tell"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect_prefix("! waiting for shield `stop`");
    app.send_line("");
    app.wait().assert_signal(SIGTERM).assert_no_stderr();
}

/// The function is told what happens, too, and an error where it has happened.
#[test]
fn row_212_each_event_is_told() {
    let output = phases(&["start=err:no", "report=all"]).spawn().wait();
    output.assert_code(1).assert_no_stderr();
    let told = reported(&output);
    let at = |event: &str| told.iter().position(|told| told.starts_with(event));
    let order = [
        "`start`: begun",
        "failure Text(\"no\")",
        "`start`: ended",
        "leaving with status 1",
    ];
    let places = order.map(at);
    output.assert(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "in order",
    );
}

/// An error is reported before `stop` prints.
#[test]
fn row_212_an_error_is_waited_for() {
    let output = phases(&["run=err:no", "report=slow"]).spawn().wait();
    output
        .assert_code(1)
        .assert_in_order(&["R-", "taken", "P+", "P-"])
        .assert_no_stderr();
}

/// Not for ever, and not where somebody waits for the end.
#[test]
fn row_212_a_function_that_blocks_keeps_nobody() {
    let mut app = phases(&["run=wait,err:no", "report=hang-failure"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("! failure Text(\"no\")");
    pause_past_debounce();
    app.send_signal(SIGINT);
    let insisted = Instant::now();
    app.expect("P+");
    let output = app.wait();
    output
        .assert_code(1)
        .assert_stderr_once(&["Error: Text(\"no\")"]);
    output.assert(
        output.duration_since(insisted) < Duration::from_secs(5),
        "the end has waited for it",
    );
}

#[test]
fn row_212_nothing_is_wanted() {
    let mut app = phases(&["run=wait", "stop=line", "report=off", "observe=tell"]).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.expect_prefix("* waiting for shield `stop`");
    app.send_line("");
    app.wait().assert_signal(SIGTERM).assert_no_stderr();
}

#[test]
fn row_212_a_failure_where_nobody_takes_it() {
    let alone = |output: &Output| {
        let said = output.stderr();
        output.assert(said.len() == 1, "nothing else was expected");
    };
    for how in ["off", "no", "hang", "hang-failure"] {
        let report = format!("report={how}");
        for script in [["start=err:no"], ["run=err:no"], ["stop=err:no"]] {
            let script = [&script[..], &[&report]].concat();
            alone(&is_printed_once(&script, 1, ERROR));
        }
        let script = [&DEADLINE[..], &[&report]].concat();
        alone(&is_printed_once(&script, 124, PASSED));
    }
    // The function has panicked before.
    let output = is_printed_once(&["run=err:no", "report=panic"], 1, ERROR);
    output.assert_stderr_once(&["`report` has panicked", "not called again"]);
    let output = is_printed_once(&[&DEADLINE[..], &["report=panic"]].concat(), 124, PASSED);
    output.assert_stderr_once(&["aplomb: waiting for shield `stop`"]);
}

/// One thread calls both functions.
#[test]
fn row_212_an_observer_that_blocks_or_panics() {
    is_printed_once(&["run=err:no", "report=tell", "observe=hang"], 1, ERROR);
    let script = [&DEADLINE[..], &["report=tell", "observe=hang"]].concat();
    is_printed_once(&script, 124, PASSED);
    let output = phases(&["run=err:no", "report=tell", "observe=panic"])
        .spawn()
        .wait();
    output
        .assert_code(1)
        .assert_once("! failure Text(\"no\")")
        .assert_once("! the function of `observe` has panicked, and is not called again");
}

/// The rest of the program waits until it was seen.
#[test]
fn row_212_a_queue_that_is_full() {
    const LINE: &str = "Error: cannot undo `step`: Text(\"no\")";
    let script = [
        "start=at-exit:held",
        "held=line",
        "undo=err:no",
        "undos=600",
        "run=ok",
        "report=hang",
    ];
    let mut app = phases(&script).spawn();
    app.expect_stderr(&[LINE]);
    app.send_line("");
    app.wait().assert_code(1).assert_stderr_once(&[LINE]);
}

#[test]
fn row_212_the_end_by_force() {
    let mut app = phases(&["run=accepted,block", "report=off"]).spawn();
    app.expect("R+");
    app.send_signal(SIGINT);
    app.expect("accepted");
    pause_past_debounce();
    app.send_signal(SIGINT);
    app.wait()
        .assert_signal(SIGINT)
        .assert_stderr_once(&["the program ends without `stop`"]);
}

/// Other code ends the process while the function has the line.
#[test]
fn row_212_the_program_exits() {
    is_printed_once(
        &["run=err:no", "stop=exit:3", "report=hang-failure"],
        3,
        ERROR,
    );
    is_printed_once(&["run=err:no", "report=exit"], 3, ERROR);
}

#[test]
fn row_212_descriptors_that_others_have_closed() {
    if !available(Capability::Linux, "row_212") {
        return;
    }
    for report in ["report=off", "report=hang-failure"] {
        let script = ["run=close-from:512,ok", report];
        let output = phases(&script).spawn().wait();
        output
            .assert_code(1)
            .assert_stderr_once(&["closed the file descriptors of this library"]);
    }
    let script = ["run=close-from:512,ok", "report=tell"];
    let output = phases(&script).spawn().wait();
    output.assert_code(1).assert_no_stderr();
    let told = reported(&output);
    output.assert(
        told.iter()
            .any(|told| told.starts_with("failure other code has closed")),
        "the line",
    );
}

#[test]
fn row_212_a_component_that_panics() {
    for (how, printed) in [("off", 1), ("tell", 0)] {
        let report = format!("report={how}");
        let output = phases(&["components=yes", "api.run=panic:no", &report])
            .spawn()
            .wait();
        output.assert_code(101);
        let line = "Error: component `api` has panicked in `run`";
        let times = output.stderr().iter().filter(|said| *said == line).count();
        output.assert(times == printed, "the failure");
    }
}

/// There is no function yet.
#[test]
fn row_212_an_app_that_cannot_begin() {
    for report in ["report=tell", "report=off"] {
        let output = phases(&["run=ok", "force-after=1", report]).spawn().wait();
        output
            .assert_code(1)
            .assert_stdout(&[])
            .assert_stderr_once(&["Error: ", "force_after"]);
    }
}

/// What was to be told by then is printed.
#[test]
fn row_212_an_app_that_has_no_thread() {
    if !available(Capability::Ptrace, "row_212") {
        return;
    }
    let words = "strace -f -qq -o /dev/null -e inject=clone3,clone:error=EAGAIN";
    let app = phases(&["run=ok", "systemd=yes", "report=tell"]).wrapper(words.split(' '));
    let output = app.env("NOTIFY_SOCKET", "nonsense").spawn().wait();
    output
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&["systemd is told nothing"])
        .assert_stderr_once(&["Error: cannot start the app's thread"]);
}

#[test]
fn row_212_embedded_apps() {
    let output = phases(&["embedded=twice", "run=err:no", "report=tell"])
        .spawn()
        .wait();
    output
        .assert_code(0)
        .assert_times("! failure Text(\"no\")", 2)
        .assert_no_stderr();
    // Each has a function of its own.
    let output = phases(&["embedded=twice", "run=err:no", "report=hang"])
        .spawn()
        .wait();
    output.assert_code(0);
    output.assert(output.stderr() == [ERROR, ERROR], "each was expected once");
}

/// What is said before the first thread of the app is there is told as well.
#[test]
fn row_212_before_the_first_thread() {
    for (report, printed) in [
        ("report=tell", false),
        ("report=off", false),
        ("quiet=", true),
    ] {
        let app = phases(&["run=ok", "systemd=yes", report]).env("NOTIFY_SOCKET", "nonsense");
        let output = app.env("APLOMB_EXPLAIN", "nonsense").spawn().wait();
        output.assert_code(0);
        let lines = reported(&output);
        let told = report == "report=tell";
        for (at, begins) in ["systemd is told nothing", "APLOMB_EXPLAIN is"]
            .iter()
            .enumerate()
        {
            let is_told = lines.get(at).is_some_and(|line| line.starts_with(begins));
            output.assert(is_told == told, "the line told");
        }
        output.assert(output.stderr().is_empty() != printed, "the lines printed");
    }
}

/// The function is there for the app alone.
#[test]
fn row_212_behind_the_end_of_an_embedded_app() {
    let script = ["embedded=once", "start=at-exit:held", "run=ok", "held=line"];
    for report in ["report=tell", "report=off"] {
        let mut app = phases(&[&script[..], &[report]].concat()).spawn();
        app.expect("alone");
        app.send_line("");
        app.expect("went on");
        app.expect_stderr(&["aplomb: waiting for function of `at_exit`"]);
        app.send_line("");
        app.wait().assert_code(0);
    }
}
