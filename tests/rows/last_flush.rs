//! The last flush, where nobody reads standard output: it holds up an end that was asked for by a second at the most.

use std::time::{Duration, Instant};

use aplomb_testing::{Capability, Child, Output, Sink, Stream, assert_best_of, wait_until};
use nix::sys::signal::Signal::SIGTERM;

use crate::programs::phases;
use crate::support::available;

/// How late the end may be noticed.
const ALLOWANCE: Duration = Duration::from_millis(300);

/// How long a stream is waited for.
const ENOUGH: Duration = Duration::from_secs(1);

const LOST: &str = "a stream takes nothing: what was not written to it yet is lost";

/// An app whose standard output takes nothing more.
fn clogged(script: &[&str]) -> Child {
    let mut app = phases(script).arg("quiet=SRP").stdout(Sink::Unread).spawn();
    app.expect_stderr(&["clogged"]);
    app
}

/// SIGTERM ends it within a time.
fn terminated(script: &[&str], within: Duration, check: impl Fn(&Output)) {
    assert_best_of(3, within + ALLOWANCE, || {
        let app = clogged(script);
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        let output = app.wait();
        check(&output);
        output.duration_since(asked)
    });
}

#[test]
fn row_157_standard_output_of_the_standard_library() {
    for stop in ["stop=print:tail", "stop=ok", "bye=print:tail"] {
        terminated(&["run=at-exit:bye,clog,wait", stop], ENOUGH, |output| {
            output.assert_signal(SIGTERM);
        });
    }
    terminated(&["run=clog,print:tail,wait,code:7"], ENOUGH, |output| {
        output.assert_code(7).assert_stderr_once(&[LOST]);
    });
}

#[test]
fn row_157_standard_output_of_c() {
    let script = ["run=clog,c-print:tail,wait"];
    terminated(&script, ENOUGH, |output| {
        output.assert_signal(SIGTERM);
    });
    let script = ["run=clog,c-print:tail,wait,code:7"];
    terminated(&script, ENOUGH, |output| {
        output.assert_code(7).assert_stderr_once(&[LOST]);
    });
    let script = ["run=clog,c-print:tail,wait,exit:5"];
    terminated(&script, ENOUGH, |output| {
        // Only glibc tells the code of the call.
        let code = if cfg!(all(target_os = "linux", target_env = "gnu")) {
            5
        } else {
            1
        };
        output.assert_code(code).assert_stderr_once(&[LOST]);
    });
}

/// Each of the two has a second.
#[test]
fn row_157_both() {
    let script = ["run=clog,c-print:tail,print:tail,wait"];
    terminated(&script, 2 * ENOUGH, |output| {
        output.assert_signal(SIGTERM);
    });
}

/// What holds the lock of the stream is not waited for.
#[test]
fn row_157_a_thread_is_blocked_in_a_print() {
    let script = ["run=clog,thread:writer,wait", "writer=println:never"];
    terminated(&script, Duration::ZERO, |output| {
        output.assert_signal(SIGTERM);
    });
}

#[test]
fn row_157_a_deadline_is_nearer() {
    let script = ["run=clog,print:tail,wait", "deadline=400"];
    terminated(&script, Duration::from_millis(400), |output| {
        output.assert_code(124);
    });
}

/// A thread that has called `process::exit` waits for the stream; the app goes on.
#[test]
fn row_157_a_thread_exits() {
    if !available(Capability::Linux, "row_157") {
        return;
    }
    let script = ["run=clog,print:tail,thread:quitter,wait", "quitter=exit:7"];
    assert_best_of(3, ENOUGH + ALLOWANCE, || {
        let app = clogged(&script);
        wait_until("the flush is held up", || {
            app.process().is_blocked_in_write(1)
        });
        let asked = Instant::now();
        app.send_signal(SIGTERM);
        let output = app.wait();
        output.assert_signal(SIGTERM).assert_stderr_once(&[LOST]);
        output.duration_since(asked)
    });
}

/// An end that comes about by itself waits for its reader, until somebody asks for the end.
#[test]
fn row_157_an_end_by_itself() {
    let waits = "waiting for a reader of standard output";
    let read = |mut app: Child| {
        app.start_reading(Stream::Stdout);
        app.wait().assert_code(7).assert_once("tail");
    };
    for print in ["print:tail", "c-print:tail"] {
        let script = format!("run=clog,{print},code:7");
        let mut app = clogged(&[&script]);
        app.expect_stderr(&[waits]);
        read(app);
        assert_best_of(3, ENOUGH + ALLOWANCE, || {
            let mut app = clogged(&[&script]);
            app.expect_stderr(&[waits]);
            let asked = Instant::now();
            app.send_signal(SIGTERM);
            let output = app.wait();
            output.assert_code(7).assert_stderr_once(&[LOST]);
            output.duration_since(asked)
        });
    }
    read(clogged(&["run=clog,print:tail,exit:7"]));
    read(clogged(&["run=clog,c-print:tail,exit:7"]));
}
