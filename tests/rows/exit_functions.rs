//! Functions that are called on every way out.

use aplomb_testing::Signal::{SIGHUP, SIGINT, SIGTERM};
use aplomb_testing::{Command, Output};

use crate::programs::phases;
use crate::support::{OutputExt, THREAD_LOCALS_END_AT_EXIT};

/// Registers `one`, `two` and `three`; `two` takes as long as the test wants.
fn with_functions(script: &[&str], two: &str) -> Command {
    phases(script).args([
        "start=at-exit:one,at-exit:two,at-exit:three",
        "one=say:1+,say:1-",
        two,
        "three=say:3+,say:3-",
    ])
}

const QUICK: &str = "two=say:2+,say:2-";
const SLOW: &str = "two=say:2+,line,say:2-";

/// Last first, once each, whole, and nothing after them.
fn all_three(output: &Output) -> &Output {
    let said = output.stdout();
    let from = said.len().saturating_sub(6);
    output.assert(
        said[from..] == ["3+", "3-", "2+", "2-", "1+", "1-"],
        "the exit functions were due at the end, last first",
    );
    for line in ["3+", "2+", "1+"] {
        output.assert_once(line);
    }
    output
}

#[test]
fn row_72_normal_end() {
    let output = with_functions(&["run=ok"], QUICK).spawn().wait();
    all_three(&output)
        .assert_code(0)
        .assert_in_order(&["R-", "P+", "P-", "3+"])
        .assert_no_stderr();
}

#[test]
fn row_72_code() {
    let output = with_functions(&["run=code:9"], QUICK).spawn().wait();
    all_three(&output)
        .assert_code(9)
        .assert_in_order(&["P-", "3+"])
        .assert_no_stderr();
}

#[test]
fn row_72_process_exit() {
    let output = with_functions(&["run=exit:3"], QUICK).spawn().wait();
    all_three(&output)
        .assert_code(3)
        .assert_never("P+")
        .assert_no_stderr();
    // On a thread that is not the app's.
    let output = with_functions(&["run=spawn:quitter,hang", "quitter=exit:3"], QUICK)
        .spawn()
        .wait();
    all_three(&output)
        .assert_code(3)
        .assert_never("P+")
        .assert_no_stderr();
}

#[test]
fn row_72_panic_in_run() {
    let output = with_functions(&["run=panic:torn"], QUICK).spawn().wait();
    all_three(&output)
        .assert_code(101)
        .assert_in_order(&["P+", "P-", "3+"]);
}

#[test]
fn row_72_panic_in_stop() {
    let output = with_functions(&["run=ok", "stop=panic:torn"], QUICK)
        .spawn()
        .wait();
    all_three(&output)
        .assert_code(101)
        .assert_in_order(&["P+", "3+"]);
}

#[test]
fn row_72_each_shutdown_signal() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let mut app = with_functions(&["run=wait"], QUICK).spawn();
        app.expect("R+");
        app.send_signal(signal);
        let output = app.wait();
        all_three(&output)
            .assert_signal(signal)
            .assert_in_order(&["P-", "3+"])
            .assert_no_stderr();
    }
}

#[test]
fn row_72_a_signal_during_one() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // The status was settled before: by a signal, a code, a plain end.
        let mut app = with_functions(&["run=wait"], SLOW).spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        app.expect("2+");
        app.send_signal(signal);
        app.send_line("go");
        // Not quiet: a SIGINT that comes late enough asks what is going on.
        all_three(&app.wait()).assert_signal(SIGTERM);

        for (script, code) in [("run=ok", 0), ("run=code:9", 9), ("run=exit:3", 3)] {
            let mut app = with_functions(&[script], SLOW).spawn();
            app.expect("2+");
            app.send_signal(signal);
            app.send_line("go");
            all_three(&app.wait())
                .assert_code(code)
                .assert_only_waiting();
        }
    }
}

/// What registers `late` when all exit functions have been called.
const LATE: [[&str; 2]; 4] = [
    OF_A_THREAD_LOCAL_VALUE,
    ["start=c-at-exit:c", "c=say:too late,at-exit:late"],
    // On another thread.
    ["start=c-at-exit:c", "c=say:too late,thread:other,pass:done"],
    // Before the last function of C.
    ["start=c-at-exit:c", "c=say:too late,c-at-exit:d"],
];

const OF_A_THREAD_LOCAL_VALUE: [&str; 2] =
    ["stop=thread-local:value", "value=say:too late,at-exit:late"];

/// Those that there are here.
fn all_late() -> impl Iterator<Item = [&'static str; 2]> {
    let is_here = |script: &_| THREAD_LOCALS_END_AT_EXIT || *script != OF_A_THREAD_LOCAL_VALUE;
    LATE.into_iter().filter(is_here)
}

#[cfg(unix)]
fn late(script: [&str; 2], late: &str) -> Command {
    let more = [
        "other=at-exit:late,open:done",
        "d=at-exit:late",
        late,
        "later=say:later",
    ];
    phases(&script).args(more)
}

#[cfg(unix)]
#[test]
fn row_203_registered_when_all_have_been_called() {
    for script in all_late() {
        let registers = |run: &str| late(script, "late=say:late,at-exit:later").args([run]);
        let assert_called = |output: &Output| {
            output
                .assert_in_order(&["too late", "late", "later"])
                .assert_once("late")
                .assert_once("later")
                .assert_no_stderr();
        };
        let output = registers("run=ok").spawn().wait();
        assert_called(output.assert_code(0));
        let mut app = registers("run=wait").spawn();
        app.expect("R+");
        app.send_signal(SIGTERM);
        assert_called(app.wait().assert_signal(SIGTERM));
        // Without `stop` the value of the thread is not there.
        if script[0].starts_with("start") {
            let output = registers("run=exit:3").spawn().wait();
            assert_called(output.assert_code(3));
            let program = registers("run=code:3").args(["embedded=exit"]);
            assert_called(program.spawn().wait().assert_code(3));
        }
    }
}

#[cfg(unix)]
#[test]
fn row_203_one_that_panics() {
    for script in all_late() {
        let output = late(script, "late=at-exit:later,panic:torn")
            .args(["run=ok"])
            .spawn()
            .wait();
        output
            .assert_code(101)
            .assert_once("later")
            .assert_stderr_once(&["torn"]);
    }
}

#[cfg(unix)]
#[test]
fn row_203_one_that_takes_long() {
    for script in all_late() {
        for run in ["run=ok", "run=exit:3"] {
            if run == "run=exit:3" && script[0].starts_with("stop") {
                continue;
            }
            let mut app = late(script, "late=line").args([run]).spawn();
            app.expect("too late");
            app.expect_stderr(&[
                "waiting for function of `at_exit` (tests/programs/script/plain.rs:",
            ]);
            app.send_line("go");
            app.wait()
                .assert_code(if run == "run=ok" { 0 } else { 3 })
                .assert_stderr_once(&["waiting for"]);
        }
    }
}

/// In the flush of a stream of C, which is the last that C does.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn row_203_registered_when_nothing_is_called_any_more() {
    let script = [
        "start=c-stream:c",
        "c=say:too late,at-exit:late",
        "late=say:late",
    ];
    for (run, code) in [("run=ok", 0), ("run=exit:3", 3)] {
        phases(&script)
            .args([run])
            .spawn()
            .wait()
            .assert_code(code)
            .assert_once("too late")
            .assert_never("late")
            .assert_stderr_once(&[
                "the function of `at_exit` (tests/programs/script/plain.rs:",
                ") is not called: the exit is over",
            ]);
    }
}
