//! Which phases run, how often, in which order.

use std::time::Duration;

use aplomb_testing::Signal::{self, SIGHUP, SIGINT, SIGTERM};
use aplomb_testing::{Capability, Sink, Stream, wait_until};

use crate::programs::{phases, scene};
use crate::support::{SENDING, available, from_us};

/// The lines of an app's whole life, when nothing is special.
pub const WHOLE: [&str; 6] = ["S+", "S-", "R+", "R-", "P+", "P-"];

fn signal_in_run(signal: Signal) {
    let mut app = phases(&["run=wait"]).spawn();
    app.expect("R+");
    app.send_signal(signal);
    app.wait()
        .assert_signal(signal)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
}

#[test]
fn row_01_sigint_in_run() {
    signal_in_run(SIGINT);
}

#[test]
fn row_02_sigterm_in_run() {
    signal_in_run(SIGTERM);
}

#[test]
fn row_04_signal_in_the_body_of_main() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let mut app = scene(&["body"]).spawn();
        app.expect("B+");
        app.send_signal(signal);
        // The app never got the line that it waits for, so only the signal can have ended it.
        app.wait()
            .assert_signal(signal)
            .assert_stdout(&["B+"])
            .assert_no_stderr();
        let mut app = scene(&["body-with-code"]).spawn();
        app.expect("B+");
        app.send_signal(signal);
        app.wait()
            .assert_code(128 + signal as i32)
            .assert_stdout(&["B+"])
            .assert_no_stderr();
    }
    // Without a signal, the body's value reaches `start`.
    let mut app = scene(&["body"]).spawn();
    app.expect("B+");
    app.send_line("hello");
    app.wait()
        .assert_code(0)
        .assert_stdout(&["B+", "B-", "S+ hello", "R+", "P+"])
        .assert_no_stderr();
}

#[test]
fn row_196_the_body_of_main_leaves_early() {
    let mut app = scene(&["body"]).spawn();
    app.expect("B+");
    app.send_line("leave");
    app.wait()
        .assert_code(0)
        .assert_stdout(&["B+", "B-"])
        .assert_no_stderr();
}

#[test]
fn row_05_signal_in_start() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let mut app = phases(&["start=accepted,line,say:built", "run=wait"]).spawn();
        app.expect("S+");
        app.send_signal(signal);
        app.expect("accepted");
        app.send_line("go");
        app.wait()
            .assert_signal(signal)
            .assert_stdout(&["S+", "accepted", "built", "S-", "P+", "P-"])
            .assert_no_stderr();
    }
}

#[test]
fn row_06_three_signals_in_start() {
    let mut app = phases(&["start=seen:1,seen:2,seen:3", "run=wait", "stop=log"]).spawn();
    app.expect("S+");
    app.send_signal(SIGINT);
    app.expect("seen 1");
    app.send_signal(SIGTERM);
    app.expect("seen 2");
    app.send_signal(SIGHUP);
    app.expect("seen 3");
    app.wait()
        .assert_signal(SIGINT)
        .assert_stdout(&[
            "S+",
            "seen 1",
            "seen 2",
            "seen 3",
            "S-",
            "P+",
            "signals SIGINT SIGTERM SIGHUP",
            &format!("reason {}", from_us(SIGINT)),
            "P-",
        ])
        .assert_no_stderr();
}

#[test]
fn row_07_start_fails() {
    phases(&["start=err:no disk", "run=wait"])
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&["S+", "S-"])
        .assert_stderr_once(&["Error: Text(\"no disk\")"]);
}

#[test]
fn row_08_start_panics() {
    phases(&["start=panic:no memory", "run=wait"])
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&["S+"])
        .assert_stderr_once(&["no memory"]);
}

#[test]
fn row_09_signal_in_start_which_then_fails() {
    let mut app = phases(&["start=accepted,err:no disk", "run=wait"]).spawn();
    app.expect("S+");
    app.send_signal(SIGTERM);
    app.wait()
        .assert_code(1)
        .assert_stdout(&["S+", "accepted", "S-"])
        .assert_stderr_once(&["Text(\"no disk\")"]);
}

#[test]
fn row_11_run_returns() {
    phases(&["run=ok"])
        .spawn()
        .wait()
        .assert_code(0)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
}

#[test]
fn row_12_run_fails() {
    phases(&["run=err:no network"])
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stdout(&WHOLE)
        .assert_stderr_once(&["Error: Text(\"no network\")"]);
}

#[test]
fn row_13_run_panics() {
    phases(&["run=panic:no idea"])
        .spawn()
        .wait()
        .assert_code(101)
        .assert_stdout(&["S+", "S-", "R+", "P+", "P-"])
        .assert_stderr_once(&["no idea"]);
}

#[test]
fn row_20_first_sigint_in_stop() {
    let mut app = phases(&["run=ok", "stop=seen:1,line,say:saved"]).spawn();
    app.expect("P+");
    app.send_signal(SIGINT);
    app.expect("seen 1");
    app.send_line("go");
    app.wait()
        .assert_signal(SIGINT)
        .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "seen 1", "saved", "P-"])
        .assert_no_stderr();
}

/// The signal comes when `stop` is over and the app is about to leave, at any moment of the leaving.
#[test]
fn row_21_sigterm_after_stop() {
    let mut died = 0;
    for _ in 0..100 {
        let mut app = phases(&["run=ok", "stop=print:tail"]).spawn();
        app.expect("tailP-");
        app.send_signal(SIGTERM);
        let output = app.wait();
        output
            .assert_stdout(&["S+", "S-", "R+", "R-", "P+", "tailP-"])
            .assert_no_stderr();
        if output.died_by(SIGTERM) {
            died += 1;
        } else {
            output.assert_code(0);
        }
    }
    println!("row 21: {died} of 100 died by SIGTERM, the others had ended well before it");
}

/// The signal comes while the last flush cannot go on, because nobody reads.
#[cfg(unix)]
#[test]
fn row_21_sigterm_in_the_last_flush() {
    if !available(Capability::Linux, "row_21") {
        return;
    }
    let mut app = phases(&["run=ok", "stop=clog,print:tail", "quiet=P"])
        .stdout(Sink::Unread)
        .spawn();
    app.expect_stderr(&["clogged"]);
    wait_until("the last flush is held up", || {
        app.process().is_blocked_in_write(1)
    });
    app.send_signal(SIGTERM);
    app.start_reading(Stream::Stdout);
    let output = app.wait();
    let out = output.stdout().join("\n");
    output.assert(out.ends_with("tail"), "the flush was to be whole");
    if !output.died_by(SIGTERM) {
        output.assert_code(0);
    }
}

#[test]
fn row_32_request_with_a_code() {
    phases(&["run=request-exit:7,wait,ok", "stop=log"])
        .spawn()
        .wait()
        .assert_code(7)
        .assert_in_order(&["R+", "R-", "P+", "signals ", "P-"])
        .assert_once("P+")
        .assert_no_stderr();
}

/// Three causes at once: a thread asks, a signal comes, `run` returns.
#[test]
fn row_33_three_causes_at_once() {
    // To start a program and to send a signal takes long on Windows.
    const ROUNDS: u32 = if cfg!(windows) { 60 } else { 500 };
    let (mut died, mut exited) = (0, 0);
    for round in 0..ROUNDS {
        let mut app = phases(&[
            "start=spawn:asker",
            "asker=pass:now,request:enough",
            "run=line,open:now",
            "stop=log",
        ])
        .spawn();
        app.expect("R+");
        // Each of the three causes is the first one in some of the rounds.
        match round % 3 {
            0 => app.send_line("go"),
            1 => {
                app.send_line("go");
                for _ in 0..round * 40 {
                    std::hint::spin_loop();
                }
            }
            _ => {}
        }
        app.send_signal(SIGTERM);
        if round % 3 == 2 {
            app.send_line("go");
        }
        let output = app.wait();
        output
            .assert_in_order(&["S+", "S-", "R+", "R-", "P+", "P-"])
            .assert_once("P+")
            .assert_once("P-")
            .assert_no_stderr();
        if output.died_by(SIGTERM) {
            died += 1;
        } else {
            // Only a signal that nobody has seen may be without effect.
            output.assert_code(0).assert_never("signals SIGTERM");
            exited += 1;
        }
    }
    println!("row 33: {died} died by SIGTERM, {exited} ended before it came");
    assert!(
        died > 0,
        "no signal came in time in {ROUNDS} attempts, so nothing was tested"
    );
}

#[cfg(unix)]
/// Being stopped and going on is no cause of anything, and does not hide one either.
fn sigterm_while_stopped(by: Signal) {
    let mut app = phases(&["run=wait"]).in_new_process_group().spawn();
    app.expect("R+");
    app.suspend(by);
    app.send_signal(SIGTERM);
    // The app is stopped, so it says nothing until it goes on.
    app.assert_running_without("R-");
    app.send_signal(Signal::SIGCONT);
    app.wait()
        .assert_signal(SIGTERM)
        .assert_stdout(&WHOLE)
        .assert_no_stderr();
}

#[cfg(unix)]
#[test]
fn row_38_sigterm_while_stopped() {
    sigterm_while_stopped(Signal::SIGTSTP);
    sigterm_while_stopped(Signal::SIGSTOP);
}

/// The limit that the rows give for things that happen at once.
pub const AT_ONCE: Duration = Duration::from_millis(50).saturating_add(SENDING);
