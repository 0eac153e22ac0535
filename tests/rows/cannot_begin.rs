//! What keeps an app from beginning: an error that names the cause, status 1, and nothing of the
//! user's has run. strace(1) makes the system calls fail.

use std::fs;

use crate::support::{Ending, can_trace, phases};

/// A run in which system calls fail as `inject` says.
fn with_fault(inject: &str) -> Ending {
    let inject = format!("inject={inject}");
    let words = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
    phases(&["start=ok", "run=ok"])
        .under(&words)
        .spawn()
        .finish()
}

fn names(ending: &Ending, cause: &[&str]) {
    ending.exited(1).said(&[]).complained_of(cause);
}

/// Which call of `rt_sigaction` registers the handler of that signal, counted from 1.
fn registration_of(signal: &str) -> usize {
    let folder = tempfile::tempdir().expect("a folder for the trace");
    let trace = folder.path().join("trace");
    let file = trace.to_str().expect("a plain path");
    let words = ["strace", "-qq", "-o", file, "-e", "trace=rt_sigaction"];
    phases(&["run=ok"]).under(&words).spawn().finish().exited(0);
    let trace = fs::read_to_string(&trace).expect("strace writes its file");
    let registers = format!("rt_sigaction({signal}, {{sa_handler=0x");
    trace
        .lines()
        .position(|line| line.starts_with(&registers))
        .expect("the handler is registered")
        + 1
}

#[test]
fn a_handler_cannot_be_registered() {
    if !can_trace("a_handler_cannot_be_registered") {
        return;
    }
    for signal in ["SIGINT", "SIGTERM", "SIGHUP"] {
        let call = registration_of(signal);
        let ending = with_fault(&format!("rt_sigaction:error=EINVAL:when={call}"));
        names(
            &ending,
            &[
                "Error: cannot register a handler for",
                signal,
                "os error 22",
            ],
        );
    }
}

#[test]
fn a_descriptor_cannot_be_made() {
    if !can_trace("a_descriptor_cannot_be_made") {
        return;
    }
    for call in 1..=4 {
        let ending = with_fault(&format!("eventfd2:error=EMFILE:when={call}"));
        names(
            &ending,
            &["Error: cannot make a file descriptor", "os error 24"],
        );
    }
}

#[test]
fn the_thread_cannot_be_started() {
    if !can_trace("the_thread_cannot_be_started") {
        return;
    }
    let ending = with_fault("clone3,clone:error=EAGAIN");
    names(
        &ending,
        &["Error: cannot start the app's thread", "os error 11"],
    );
}

/// Not an error: without `membarrier(2)`, as under some seccomp filters, the fences do it.
#[test]
fn there_is_no_membarrier() {
    if !can_trace("there_is_no_membarrier") {
        return;
    }
    let ending = with_fault("membarrier:error=ENOSYS");
    ending.exited(0).quiet();
}

#[test]
fn options_contradict_each_other() {
    let later = "both begin with the request, and `run` hears of it when `drain` is over; make `drain` shorter";
    for (limit, name) in [
        ("deadline=900", "deadline"),
        ("timeout-run=900", "timeout(run)"),
    ] {
        let words = ["start=ok", "run=ok", "drain=900", limit];
        let ending = phases(&words).spawn().finish();
        let error = format!("Error: `drain` leaves nothing of `{name}`: {later}");
        names(&ending, &[&error]);
    }
}
