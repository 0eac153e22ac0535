//! Signals that come while handlers are put in place or taken away, in a program that goes on without them: each is
//! told, or does what it does without the library.
//!
//! strace(1) delivers the signal at the k-th call of a name, for each k of the program's life. Where it makes other
//! calls fail at the same time, the app cannot begin.

use std::fs;

use aplomb_testing::{Capability, Output};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM, SIGUSR1};

use crate::programs::phases;
use crate::support::available;

/// Starts the program again and again, with the signal at the first call of that name, at the second one and so on,
/// until none is left. `judge` says how the program has ended.
fn at_each(
    call: &str,
    fault: &[&str],
    signal: Signal,
    script: &[&str],
    judge: impl Fn(&Output) -> &'static str,
) -> Vec<&'static str> {
    let folder = tempfile::tempdir().expect("a folder for the trace");
    let trace = folder.path().join("trace");
    let mut ends = Vec::new();
    for count in 1.. {
        assert!(count < 1000, "a program makes fewer calls of {call}");
        let inject = format!("inject={call}:signal={signal}:when={count}");
        let file = trace.to_str().expect("a plain path");
        let words = ["strace", "-f", "-qq", "-o", file, "-e", &inject];
        let words = [&words[..], fault].concat();
        let mut program = phases(script).wrapper(&words).spawn();
        // One that goes on without the app waits for the end of its input.
        program.close_stdin();
        let output = program.wait();
        let trace = fs::read_to_string(&trace).expect("strace writes its file");
        if !trace.contains(&format!("--- {signal} ")) {
            break;
        }
        let end = judge(&output);
        assert_ne!(end, LOST, "{signal} at {call} number {count}: {output:?}");
        ends.push(end);
    }
    ends
}

const DIED: &str = "died";

const TOLD: &str = "told";

const LOST: &str = "lost";

#[test]
fn row_198_the_handlers_of_an_app_are_taken_away() {
    if !available(
        Capability::Ptrace,
        "row_198_the_handlers_of_an_app_are_taken_away",
    ) {
        return;
    }
    for signal in [SIGTERM, SIGINT, SIGHUP] {
        let late = format!("late {signal}");
        let script = ["run=ok", "embedded=exit"];
        let ends = at_each("rt_sigaction", &[], signal, &script, |output| {
            if output.signal() == Some(signal as i32) {
                DIED
            } else if output.stdout().iter().any(|line| line.starts_with(&late)) {
                TOLD
            } else {
                LOST
            }
        });
        // Some come before the app, or to it.
        assert!(ends.contains(&DIED), "{signal}: {ends:?}");
        // The handler of SIGINT is the first that goes, so that signal has come before, or comes to nobody.
        let goes_first = signal == SIGINT;
        assert!(goes_first || ends.contains(&TOLD), "{signal}: {ends:?}");
    }
}

/// The signals of an app that cannot begin, where each call of that name fails.
fn without_an_app(call: &str, fault: &str, signal: Signal) {
    let fault = format!("inject={fault}");
    let script = ["run=ok", "usr1=", "embedded=try"];
    let ends = at_each(call, &["-e", &fault], signal, &script, |output| {
        if output.signal() == Some(signal as i32) {
            DIED
        } else {
            LOST
        }
    });
    // So many handlers are put in place and taken away.
    assert!(ends.len() > 4, "{signal} at {call}: {ends:?}");
}

#[test]
fn row_199_an_app_has_no_thread() {
    if !available(Capability::Ptrace, "row_199_an_app_has_no_thread") {
        return;
    }
    for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] {
        without_an_app("rt_sigaction", "clone3,clone:error=EAGAIN", signal);
    }
    // While the signals are blocked, and afterwards.
    without_an_app("rt_sigprocmask", "clone3,clone:error=EAGAIN", SIGTERM);
}
