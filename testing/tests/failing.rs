//! What a test is told that fails.

#![cfg(unix)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use aplomb_testing::{Capability, Command, Signal, assert_best_of, assert_idle};
use nix::errno::Errno;
use nix::sys::signal::kill;

fn sh(script: &str) -> Command {
    Command::new("sh").args(["-c", script])
}

/// The message of the panic.
#[track_caller]
fn message<T>(fails: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(fails));
    let panic = panic.err().expect("it was expected to panic");
    *panic.downcast().expect("its message was put together")
}

#[test]
fn a_program_that_is_not_there() {
    let text = message(|| Command::new("/nonexistent").spawn());
    assert!(text.contains("/nonexistent"), "{text}");
}

#[test]
fn a_line_that_does_not_come() {
    let mut cat = Command::new("cat")
        .timeout(Duration::from_millis(50))
        .spawn();
    cat.send_line("one");
    cat.expect("one");
    let text = message(|| cat.expect("two"));
    assert!(text.contains("waited 50ms in vain for \"two\""), "{text}");
    assert!(text.contains("stdout| one"), "{text}");
    let text = message(|| cat.wait());
    assert!(text.contains("it did not end within 50ms"), "{text}");
}

#[test]
fn a_program_that_ends_before_the_line_comes() {
    let mut sh = sh("echo wrong >&2").spawn();
    let text = message(|| sh.expect("ready"));
    assert!(
        text.contains("the process ended before it printed \"ready\""),
        "{text}"
    );
    assert!(text.contains("stderr| wrong"), "{text}");
}

#[test]
fn another_end_than_expected() {
    let output = sh("echo one; exit 3").spawn().wait();
    for text in [
        message(|| output.assert_code(0)),
        message(|| output.assert_signal(Signal::SIGTERM)),
        message(|| output.assert_stdout(&[])),
        message(|| output.assert_in_order(&["one", "one"])),
        message(|| output.assert_never("one")),
        message(|| output.assert_stderr(&["one"])),
        message(|| output.assert(false, "something else")),
    ] {
        assert!(text.contains("exit status: 3"), "{text}");
        assert!(text.contains("stdout| one"), "{text}");
    }
}

#[test]
fn a_child_that_is_dropped_is_killed() {
    let cat = Command::new("cat").spawn();
    let pid = cat.pid();
    drop(cat);
    assert_eq!(kill(pid, None), Err(Errno::ESRCH));
}

#[test]
fn the_test_does_not_signal_itself() {
    let cat = Command::new("cat").spawn();
    let text = message(|| cat.send_signal_to_group(Signal::SIGTERM));
    assert!(text.contains("would reach the test itself"), "{text}");
}

#[test]
fn a_limit_that_is_missed() {
    let mut attempts = 0;
    assert_best_of(3, Duration::from_secs(1), || {
        attempts += 1;
        Duration::from_secs(3 - attempts)
    });
    assert_eq!(attempts, 2);
    let text = message(|| assert_best_of(2, Duration::from_secs(1), || Duration::from_secs(2)));
    assert!(
        text.contains("no attempt kept the limit of 1s: [2s, 2s]"),
        "{text}"
    );
}

#[test]
fn a_program_that_polls() {
    if !Capability::Linux.is_available() {
        eprintln!("skipped: it needs {}", Capability::Linux);
        return;
    }
    // Seldom enough to be at rest before it is woken.
    let mut sh = sh("echo ready; while :; do sleep 3; done").spawn();
    sh.expect("ready");
    let text = message(|| assert_idle([sh.pid()], Duration::from_secs(4)));
    assert!(text.contains("threads were woken"), "{text}");
}
