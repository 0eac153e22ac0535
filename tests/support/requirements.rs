//! What some rows need of the machine. Where it is not to be had they say so and are
//! skipped, unless `APLOMB_REQUIRE_ALL=1`: then they fail.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Past the test runner, which keeps back what a test prints as long as it passes.
pub fn say_aloud(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn have(row: &str, need: &str, is_there: bool) -> bool {
    if !is_there {
        let required = std::env::var_os("APLOMB_REQUIRE_ALL").is_some_and(|value| value == "1");
        assert!(
            !required,
            "{row} needs {need}, and APLOMB_REQUIRE_ALL=1 forbids to skip it"
        );
        say_aloud(&format!("{row} skipped: needs {need}"));
    }
    is_there
}

fn succeeds(words: &[&str]) -> bool {
    Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What starts a program as PID 1 of a new PID namespace, for whoever may do that: root, or
/// anybody who may make a user namespace to be root in.
const PID_NAMESPACE: [&[&str]; 2] = [
    &["unshare", "--fork", "--pid", "--kill-child", "--mount-proc"],
    &[
        "unshare",
        "--user",
        "--map-root-user",
        "--fork",
        "--pid",
        "--kill-child",
        "--mount-proc",
    ],
];

pub(super) fn pid_namespace() -> Option<&'static [&'static str]> {
    static WORKS: OnceLock<Option<&[&str]>> = OnceLock::new();
    *WORKS.get_or_init(|| {
        let works = |words: &&[&str]| succeeds(&[words, &["true"][..]].concat());
        PID_NAMESPACE.into_iter().find(works)
    })
}

pub fn can_have_pid_namespace(row: &str) -> bool {
    have(
        row,
        "unshare(1) and the right to make a PID namespace",
        pid_namespace().is_some(),
    )
}

/// Whether `strace -p` may attach to a process that is not its child.
pub fn can_trace(row: &str) -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    let there = THERE.get_or_init(|| {
        let Ok(mut target) = Command::new("cat").stdin(Stdio::piped()).spawn() else {
            return false;
        };
        let pid = target.id().to_string();
        // `cat` ends, and the trace with it, when its input does.
        let tracer = Command::new("strace")
            .args(["-qq", "-o", "/dev/null", "-p", &pid])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let works = tracer.is_ok_and(|tracer| {
            // While it is attached, the target's status names it.
            let mut tracer = tracer;
            let mut works = false;
            super::until("strace has attached or given up", || {
                let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
                works = status.is_ok_and(|status| {
                    status
                        .lines()
                        .any(|line| line == format!("TracerPid:\t{}", tracer.id()))
                });
                works || tracer.try_wait().is_ok_and(|ended| ended.is_some())
            });
            drop(target.stdin.take());
            let _ = tracer.wait();
            works
        });
        drop(target.stdin.take());
        let _ = target.wait();
        works
    });
    have(
        row,
        "strace(1) and the right to trace (kernel.yama.ptrace_scope=0, or root)",
        *there,
    )
}
