//! What keeps an app from beginning: an error that names the cause, status 1, and nothing of the
//! user's has run. strace(1) makes the system calls fail.

use std::fs;

use aplomb_testing::{Capability, Errno, Output, Without};

use crate::programs::phases;
use crate::support::available;

/// A run in which system calls fail as `inject` says.
fn with_fault(inject: &str) -> Output {
    let inject = format!("inject={inject}");
    let words = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
    phases(&["start=ok", "run=ok"])
        .wrapper(&words)
        .spawn()
        .wait()
}

fn names(output: &Output, cause: &[&str]) {
    output
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr(cause);
}

/// Which call of `rt_sigaction` registers the handler of that signal, counted from 1.
fn registration_of(signal: &str) -> usize {
    let folder = tempfile::tempdir().expect("a folder for the trace");
    let trace = folder.path().join("trace");
    let file = trace.to_str().expect("a plain path");
    let words = ["strace", "-qq", "-o", file, "-e", "trace=rt_sigaction"];
    phases(&["run=ok"])
        .wrapper(&words)
        .spawn()
        .wait()
        .assert_code(0);
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
    if !available(Capability::Ptrace, "a_handler_cannot_be_registered") {
        return;
    }
    for signal in ["SIGINT", "SIGTERM", "SIGHUP"] {
        let call = registration_of(signal);
        let output = with_fault(&format!("rt_sigaction:error=EINVAL:when={call}"));
        names(
            &output,
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
    if !available(Capability::Ptrace, "a_descriptor_cannot_be_made") {
        return;
    }
    for call in 1..=4 {
        let output = with_fault(&format!("eventfd2:error=EMFILE:when={call}"));
        names(
            &output,
            &["Error: cannot make a file descriptor", "os error 24"],
        );
    }
}

#[test]
fn the_thread_cannot_be_started() {
    if !available(Capability::Ptrace, "the_thread_cannot_be_started") {
        return;
    }
    let output = with_fault("clone3,clone:error=EAGAIN");
    names(
        &output,
        &["Error: cannot start the app's thread", "os error 11"],
    );
}

/// Not an error: without `membarrier(2)`, as under some seccomp filters, the fences do it.
#[test]
fn there_is_no_membarrier() {
    if !available(Capability::Seccomp, "there_is_no_membarrier") {
        return;
    }
    for error in [Errno::ENOSYS, Errno::EPERM] {
        let without = phases(&["start=ok", "run=ok"]).without(Without::Membarrier(error));
        without.spawn().wait().assert_code(0).assert_no_stderr();
    }
}

#[test]
fn row_143_a_run_of_threads_has_no_grace() {
    let output = phases(&["start=ok", "run=ok", "grace=900"]).spawn().wait();
    names(&output, &["Error: `grace` is for an async app"]);
}
