//! Functions for every signal that can be caught; the others are refused.

use std::iter;

use aplomb::signal;
use aplomb_testing::Capability;
use nix::libc;
use nix::sys::signal::Signal;

use crate::programs::scene;
use crate::support::available;

/// What no process can catch, and what reports a fault.
const REFUSED: [Signal; 9] = [
    Signal::SIGKILL,
    Signal::SIGSTOP,
    Signal::SIGABRT,
    Signal::SIGBUS,
    Signal::SIGFPE,
    Signal::SIGILL,
    Signal::SIGSEGV,
    Signal::SIGSYS,
    Signal::SIGTRAP,
];

/// All others, the real-time ones too.
fn catchable() -> impl Iterator<Item = i32> {
    let named = Signal::iterator().filter(|signal| !REFUSED.contains(signal));
    named.map(|signal| signal as i32).chain(real_time())
}

#[cfg(target_os = "linux")]
fn real_time() -> impl Iterator<Item = i32> {
    libc::SIGRTMIN()..=libc::SIGRTMAX()
}

/// Those of other systems are not numbered alike.
#[cfg(not(target_os = "linux"))]
fn real_time() -> impl Iterator<Item = i32> {
    iter::empty()
}

/// Those of some systems that the library has no name for.
fn is_nameless(number: i32) -> bool {
    let nameless = ["SIGSTKFLT", "SIGEMT", "SIGINFO"];
    Signal::try_from(number).is_ok_and(|signal| nameless.contains(&signal.as_str()))
}

fn list(signals: impl Iterator<Item = i32>) -> String {
    let numbers: Vec<_> = signals.map(|number| number.to_string()).collect();
    format!("signals={}", numbers.join(","))
}

#[test]
fn row_78_every_signal_calls_its_function() {
    let mut app = scene(&["every", &list(catchable()), "run=line"]).spawn();
    app.expect("R+");
    for number in catchable() {
        app.send_signal_number(number);
        app.expect(&format!("called {number}"));
    }
    // And in a heap. A stop signal takes a SIGCONT back that is pending, by POSIX.
    let heap = || catchable().filter(|&number| number != libc::SIGCONT);
    for number in heap() {
        app.send_signal_number(number);
    }
    let calls: Vec<_> = heap().map(|number| format!("called {number}")).collect();
    let calls: Vec<_> = calls.iter().map(String::as_str).collect();
    app.expect_all(&calls);
    app.send_line("go");
    let output = app.wait();
    output.assert_code(0).assert_no_stderr();
    for call in &calls {
        output.assert_times(call, 2);
    }
    assert!(calls.len() > 20, "only {} signals", calls.len());
}

/// Each has a name, and is found by it.
#[test]
fn row_78_every_signal_has_a_name() {
    for known in Signal::iterator().filter(|&known| !is_nameless(known as i32)) {
        assert_eq!(signal::name(known as i32).as_deref(), Some(known.as_str()));
    }
    for number in catchable().filter(|&number| !is_nameless(number)) {
        let name = signal::name(number).expect("it has a name");
        assert_eq!(signal::number(&name), Some(number));
    }
}

#[test]
fn row_78_a_signal_that_cannot_be_handled_is_an_error() {
    let signals = list(REFUSED.into_iter().map(|signal| signal as i32));
    let errors = REFUSED.into_iter().flat_map(|signal| {
        let why = match signal {
            Signal::SIGKILL | Signal::SIGSTOP => "no process can catch it",
            _ => "it reports a fault and cannot be deferred",
        };
        both(format!("cannot register a handler for {signal}: {why}"))
    });
    is_refused(&signals, errors);
}

/// 32 and 33 are the C library's own, on Linux.
#[test]
fn row_78_what_is_no_signal_is_an_error() {
    if !available(Capability::Linux, "row_78") {
        return;
    }
    let numbers = [0, -1, 32, 33, 65, 99, i32::MAX, i32::MIN];
    let errors = numbers.into_iter().flat_map(|number| {
        both(format!(
            "cannot register a handler for signal {number}: there is no such signal"
        ))
    });
    is_refused(&list(numbers.into_iter()), errors);
}

#[test]
fn row_128_sigpipe_is_no_shutdown_signal() {
    let pipe = list(iter::once(libc::SIGPIPE));
    let output = scene(&["every", "case=no_shutdown", &pipe]).spawn().wait();
    let error = "cannot register a handler for SIGPIPE: Rust's runtime ignores it before `main`, \
                 so it would never ask for the shutdown; `App::on` calls a function";
    output
        .assert_code(0)
        .assert_stdout(&[error])
        .assert_no_stderr();
}

#[test]
fn an_event_is_no_shutdown_signal() {
    use Signal::{SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH};
    let events = [
        SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH,
    ];
    let errors = events.map(|signal| {
        format!(
            "cannot register a handler for {signal}: it does not ask a process to end; `App::on` \
             calls a function"
        )
    });
    let events = list(events.into_iter().map(|signal| signal as i32));
    let output = scene(&["every", "case=no_shutdown", &events])
        .spawn()
        .wait();
    let errors = errors.each_ref().map(String::as_str);
    output
        .assert_code(0)
        .assert_stdout(&errors)
        .assert_no_stderr();
}

#[test]
fn row_128_a_function_for_sigpipe_is_called() {
    let pipe = list(iter::once(libc::SIGPIPE));
    let mut app = scene(&["every", &pipe, "run=line"]).spawn();
    app.expect("R+");
    app.send_signal(Signal::SIGPIPE);
    app.expect("called 13");
    app.send_line("go");
    app.wait().assert_code(0).assert_no_stderr();
}

/// As a signal that calls a function, and as a shutdown signal.
fn both(error: String) -> impl Iterator<Item = String> {
    iter::repeat_n(error, 2)
}

fn is_refused(signals: &str, errors: impl Iterator<Item = String>) {
    let output = scene(&["every", "case=refused", signals]).spawn().wait();
    let errors: Vec<_> = errors.collect();
    let errors: Vec<_> = errors.iter().map(String::as_str).collect();
    output
        .assert_code(0)
        .assert_stdout(&errors)
        .assert_no_stderr();
}

/// The children's statuses stay for those who wait for them.
#[test]
fn row_78_a_function_for_sigchld_takes_no_status_away() {
    let output = scene(&["children"]).spawn().wait();
    output
        .assert_code(0)
        .assert_stdout(&["R+", "all were awaited", "called"])
        .assert_no_stderr();
}
