//! What a test can do with a program that runs.

#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use aplomb_testing::{Command, Pid, Signal, SignalField, Sink, Stream, assert_idle, wait_until};

/// What a program is that echoes the lines that it reads.
fn cat() -> Command {
    Command::new("cat")
}

fn sh(script: &str) -> Command {
    Command::new("sh").args(["-c", script])
}

#[test]
fn lines_are_sent_and_expected() {
    let mut cat = cat().spawn();
    cat.send_line("one");
    let earlier = Instant::now();
    cat.send_line("two");
    assert!(cat.expect("two") >= earlier);
    cat.send_line("three: 3");
    assert_eq!(cat.expect_prefix("three:"), "3");
    assert!(cat.has_printed("one"));
    cat.assert_running_without("four");
    cat.close_stdin();
    let output = cat.wait();
    output
        .assert_code(0)
        .assert_stdout(&["one", "two", "three: 3"])
        .assert_in_order(&["one", "three: 3"])
        .assert_once("two")
        .assert_never("four")
        .assert_no_stderr();
    assert!(output.duration_since(earlier) < Duration::from_secs(20));
    assert_eq!(output.duration_since(Instant::now()), Duration::ZERO);
}

#[test]
fn lines_in_any_order() {
    let mut sh = sh("echo a; echo b; echo c; echo d").spawn();
    sh.expect_all(&["c", "a"]);
    sh.expect("d");
    sh.wait().assert_code(0);
}

#[test]
fn both_streams_are_apart() {
    let mut sh = sh("echo out; echo one wrong thing >&2; echo another >&2; printf end").spawn();
    assert_eq!(sh.expect_stderr(&["wrong", "one"]), "one wrong thing");
    sh.wait()
        .assert_stdout(&["out", "end"])
        .assert_stderr(&["other"])
        .assert_stderr_once(&["one", "thing"]);
}

#[test]
fn a_signal_is_not_an_exit_code() {
    let cat = cat().spawn();
    cat.send_signal(Signal::SIGTERM);
    let output = cat.wait();
    output.assert_signal(Signal::SIGTERM);
    assert_eq!((output.code(), output.signal()), (None, Some(15)));
    let output = sh("exit 143").spawn().wait();
    output.assert_code(143);
    assert_eq!((output.code(), output.signal()), (Some(143), None));
}

#[test]
fn a_signal_by_its_number() {
    let cat = cat().spawn();
    cat.send_signal_number(40);
    assert_eq!(cat.wait().signal(), Some(40));
}

#[test]
fn signals_that_are_ignored_or_blocked() {
    let cat = cat()
        .block_signal(Signal::SIGUSR1)
        .ignore_signal(Signal::SIGHUP)
        .spawn();
    let process = cat.process();
    cat.send_signal(Signal::SIGHUP);
    cat.send_signal(Signal::SIGUSR1);
    assert!(
        process
            .signals(SignalField::Blocked)
            .contains(Signal::SIGUSR1)
    );
    assert!(
        process
            .signals(SignalField::SharedPending)
            .contains(Signal::SIGUSR1)
    );
    assert!(process.signals(SignalField::Caught).is_empty());
    cat.send_signal(Signal::SIGKILL);
    cat.wait().assert_signal(Signal::SIGKILL);
}

#[test]
fn suspended_and_continued() {
    let mut cat = cat().in_new_process_group().spawn();
    cat.suspend(Signal::SIGSTOP);
    cat.send_line("later");
    cat.assert_running_without("later");
    cat.send_signal_to_group(Signal::SIGCONT);
    cat.expect("later");
    cat.send_signal_to_group(Signal::SIGINT);
    cat.wait().assert_signal(Signal::SIGINT);
}

#[test]
fn a_process_that_the_program_has_started() {
    let mut sh = sh("exec 3<&0; cat <&3 & echo \"pid $!\"; wait $!; echo \"status $?\"").spawn();
    let pid = sh.expect_prefix("pid ").parse().expect("a number");
    sh.set_target(Pid::from_raw(pid));
    sh.send_signal(Signal::SIGTERM);
    sh.wait().assert_code(0).assert_once("status 143");
}

#[test]
fn its_surroundings() {
    let folder = std::env::temp_dir().canonicalize().expect("there is one");
    Command::new("sh")
        .arg("-c")
        .arg("pwd -P; echo $WORD")
        .env("WORD", "a value")
        .current_dir(&folder)
        .wrapper(["nohup"])
        .spawn()
        .wait()
        .assert_stdout(&[folder.to_str().expect("it is text"), "a value"]);
    cat()
        .arg("/nonexistent")
        .in_shell("\"$@\" || echo \"status $?\"")
        .spawn()
        .wait()
        .assert_once("status 1");
}

#[test]
fn streams_that_are_not_read() {
    let mut held = sh("echo first; exec cat /nonexistent")
        .stdout(Sink::Unread)
        .stderr(Sink::Full)
        .spawn();
    wait_until("it cannot write", || {
        held.process().is_blocked_in_write(2) || !can_look_at_calls()
    });
    held.assert_running_without("first");
    held.start_reading(Stream::Stdout);
    held.expect("first");
    held.start_reading(Stream::Stderr);
    held.wait()
        .assert_code(1)
        .assert_stderr_once(&["nonexistent"]);
}

/// Some systems hide the calls that a process is in.
fn can_look_at_calls() -> bool {
    std::fs::read_to_string("/proc/self/syscall").is_ok()
}

#[test]
fn streams_that_fail() {
    for (sink, error) in [
        (Sink::Closed, "Broken pipe"),
        (Sink::NoSpace, "No space left on device"),
    ] {
        let mut cat = cat()
            .ignore_signal(Signal::SIGPIPE)
            .stdout(sink)
            .env("LC_ALL", "C")
            .spawn();
        cat.send_line("lost");
        cat.wait().assert_code(1).assert_stderr_once(&[error]);
    }
}

#[test]
fn a_pipeline_gets_a_signal_as_one() {
    let mut child = cat().in_pipeline().spawn();
    child.send_line("not read by the test");
    child.send_signal_to_group(Signal::SIGINT);
    child
        .wait()
        .assert_signal(Signal::SIGINT)
        .assert_stdout(&[]);

    let mut child = cat().in_pipeline().spawn();
    child.kill_reader();
    child.send_line("to nobody");
    child.wait().assert_signal(Signal::SIGPIPE);
}

#[test]
fn the_threads_and_descriptors_of_a_process() {
    let mut cat = cat().spawn();
    cat.send_line("ready");
    cat.expect("ready");
    let process = cat.process();
    let threads = process.threads();
    assert_eq!(threads.len(), 1);
    assert_eq!(
        (threads[0].tid, &*threads[0].name),
        (cat.pid().as_raw(), "cat")
    );
    assert!(process.fd_count() >= 3);
    let stdin = process.fd_path(0).expect("it is open");
    assert!(stdin.to_string_lossy().starts_with("pipe:"), "{stdin:?}");
    assert_eq!(process.fd_path(1000), None);
    assert_idle([cat.pid()], Duration::from_millis(200));
}
