//! Apps inside programs that go on after them.

use std::time::{Duration, Instant};

use aplomb_testing::Capability;
use aplomb_testing::Signal::{self, SIGINT, SIGTERM};
use aplomb_testing::{Sink, Stream, assert_best_of, wait_until};

use super::start_stop::WHOLE;
use crate::programs::phases;
use crate::support::available;
use crate::support::from_us;

#[test]
fn row_73_the_dispositions_of_before_are_back() {
    for signal in [SIGTERM, SIGINT] {
        let mut program = phases(&["run=wait", "embedded=once"]).spawn();
        program.expect("R+");
        program.send_signal(signal);
        program.expect("alone");
        program.send_signal(signal);
        let status = format!("status Signal({})", signal as i32);
        let reason = format!("reason {}", from_us(signal));
        let after = [&status, &reason, "dispositions as before", "alone"];
        let output = program.wait();
        output.assert_no_stderr();
        output.assert(output.died_by_default(signal), "the default action was due");
        output.assert_stdout(&[&WHOLE[..], &after[..]].concat());
    }
}

#[test]
fn row_74_two_apps_one_after_the_other() {
    let mut program = phases(&["run=wait", "embedded=twice"]).spawn();
    program.expect("R+");
    program.send_signal(SIGTERM);
    program.expect("dispositions as before");
    program.expect("R+");
    program.send_signal(SIGINT);
    let output = program.wait();
    let first = format!("reason {}", from_us(SIGTERM));
    let second = format!("reason {}", from_us(SIGINT));
    let first = ["status Signal(15)", &first, "dispositions as before"];
    let second = ["status Signal(2)", &second];
    output.assert_code(0).assert_no_stderr();
    output.assert_stdout(&[&WHOLE[..], &first[..], &WHOLE[..], &second[..]].concat());
}

#[test]
fn row_165_an_app_that_cannot_begin() {
    let mut program = phases(&["run=wait", "deadline=100", "drain=100", "embedded=try"]).spawn();
    program.expect("alone");
    program.send_line("go");
    let output = program.wait();
    output.assert_code(0).assert_no_stderr();
    let lines = output.stdout();
    output.assert(
        lines[0].starts_with("error "),
        "the error was to be returned",
    );
    assert_eq!(lines[1..], ["dispositions as before", "alone", "went on"]);
    // One that can begin is the whole program.
    let mut program = phases(&["run=wait", "embedded=try"]).spawn();
    program.expect("R+");
    program.send_signal(SIGTERM);
    let output = program.wait();
    output.assert_signal(SIGTERM).assert_no_stderr();
    output.assert_stdout(&WHOLE);
}

/// The program ends as the app has, once its own part is over, with what comes at every end.
#[test]
fn row_166_a_program_that_ends_as_its_app_has() {
    let functions = [
        "start=at-exit:one,at-exit:two",
        "one=say:1",
        "two=say:2,print:tail",
    ];
    for way in ["embedded=exit", "embedded=return"] {
        for signal in [SIGTERM, SIGINT] {
            let mut program = phases(&functions).args(["run=wait", way]).spawn();
            program.expect("R+");
            program.send_signal(signal);
            let output = program.wait();
            output.assert_signal(signal).assert_no_stderr();
            output.assert_in_order(&["P-", "dispositions as before", "2", "tail1"]);
        }
        let ended = |run: &str| phases(&functions).args([run, way]).spawn().wait();
        for (run, code) in [("run=ok", 0), ("run=code:7", 7), ("run=err:no", 1)] {
            let output = ended(run);
            output
                .assert_code(code)
                .assert_in_order(&["P-", "2", "tail1"]);
        }
    }
}

#[test]
fn row_166_an_exit_function_that_panics() {
    for way in ["embedded=exit", "embedded=return"] {
        let script = [
            "start=at-exit:one,at-exit:two",
            "one=say:1",
            "two=panic:torn",
            "run=wait",
        ];
        let mut program = phases(&script).args([way]).spawn();
        program.expect("R+");
        program.send_signal(SIGTERM);
        let output = program.wait();
        output.assert_code(101).assert_in_order(&["P-", "1"]);
        output.assert_stderr_once(&["torn"]);
    }
}

/// What no process dies by, on Linux: these do nothing that lasts, or stop it.
#[cfg(unix)]
const HARMLESS: [Signal; 8] = [
    Signal::SIGCHLD,
    Signal::SIGCONT,
    Signal::SIGURG,
    Signal::SIGWINCH,
    Signal::SIGSTOP,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
];

#[cfg(unix)]
#[test]
fn row_204_each_signal_and_each_other_number() {
    if !available(Capability::Linux, "row_204") {
        return;
    }
    let ended = |number: i32| {
        let run = format!("run=exit-by-signal:{number}");
        let output = phases(&["start=at-exit:bye", "bye=say:bye", &run])
            .spawn()
            .wait();
        output.assert_once("bye").assert_no_stderr();
        output
    };
    for signal in Signal::iterator() {
        let output = ended(signal as i32);
        if HARMLESS.contains(&signal) {
            output.assert_code(128 + signal as i32);
        } else {
            output.assert_signal(signal);
        }
    }
    // A real-time signal has no name.
    let output = ended(40);
    output.assert(output.signal() == Some(40), "it was to die by that signal");
    let mut none = vec![0, -1, 128, 255, 256, 384, i32::MAX, i32::MIN];
    // Elsewhere there are signals of such numbers.
    if !cfg!(aplomb_portable) {
        none.extend([65, 127]);
    }
    for number in none {
        ended(number).assert_code(1);
    }
}

#[cfg(unix)]
#[test]
fn row_166_as_pid_1() {
    if !available(Capability::PidNamespace, "row_166_as_pid_1") {
        return;
    }
    for way in ["embedded=exit", "embedded=return"] {
        let mut program = phases(&["run=wait", way]).spawn_as_pid_1();
        program.expect("R+");
        program.send_signal(SIGTERM);
        let output = program.wait();
        output
            .assert_code(143)
            .assert_in_order(&["P-", "dispositions as before"]);
    }
}

/// As in `last_flush.rs`: who has asked for the end does not wait for a reader for longer than a second.
#[cfg(unix)]
#[test]
fn row_166_standard_output_takes_nothing() {
    const LOST: &str = "a stream takes nothing: what was not written to it yet is lost";
    const ALLOWANCE: Duration = Duration::from_millis(300);
    if !available(Capability::Linux, "row_166") {
        return;
    }
    let clogged = |way: &str, rest: &str, options: &[&str]| {
        let run = format!("run=clog,print:tail,{rest}");
        let mut program = phases(&[
            "start=at-exit:bye",
            &run,
            way,
            "bye=eprintln:bye",
            "quiet=SRPE",
        ])
        .args(options)
        .stdout(Sink::Unread)
        .spawn();
        program.expect_stderr(&["clogged"]);
        program
    };
    for way in ["embedded=exit", "embedded=return"] {
        for (options, code) in [(&[][..], None), (&["exit=code"], Some(143))] {
            assert_best_of(3, Duration::from_secs(1) + ALLOWANCE, || {
                let program = clogged(way, "wait", options);
                let asked = Instant::now();
                program.send_signal(SIGTERM);
                let output = program.wait();
                output
                    .assert_stderr_once(&[LOST])
                    .assert_stderr_once(&["bye"]);
                match code {
                    Some(code) => output.assert_code(code),
                    None => output.assert_signal(SIGTERM),
                };
                output.duration_since(asked)
            });
        }
        // By itself it waits for its reader.
        let mut program = clogged(way, "code:7", &[]);
        wait_until("the flush is held up", || {
            program.process().is_blocked_in_write(1)
        });
        program.start_reading(Stream::Stdout);
        let output = program.wait();
        output
            .assert_code(7)
            .assert_once("tail")
            .assert_stderr_once(&["bye"]);
    }
}
