//! Which phases run, how often, in which order.

use std::time::Duration;

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};

use crate::support::{from_us, phases, scene, until};

/// All of an app's life, when nothing is special.
pub const WHOLE: [&str; 6] = ["S+", "S-", "R+", "R-", "P+", "P-"];

fn signal_in_run(signal: Signal) {
    let mut app = phases(&["run=wait"]).spawn();
    app.expect("R+");
    app.signal(signal);
    app.finish().died_by(signal).said(&WHOLE).quiet();
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
        app.signal(signal);
        // It still waits for its line: only the signal can have ended it.
        app.finish().died_by(signal).said(&["B+"]).quiet();
    }
    // And without a signal, the body's value reaches `start`.
    let mut app = scene(&["body"]).spawn();
    app.expect("B+");
    app.send("hello");
    app.finish()
        .exited(0)
        .said(&["B+", "B-", "S+ hello", "R+", "P+"])
        .quiet();
}

#[test]
fn row_05_signal_in_start() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let mut app = phases(&["start=accepted,line,say:built", "run=wait"]).spawn();
        app.expect("S+");
        app.signal(signal);
        app.expect("accepted");
        app.go();
        app.finish()
            .died_by(signal)
            .said(&["S+", "accepted", "built", "S-", "P+", "P-"])
            .quiet();
    }
}

#[test]
fn row_06_three_signals_in_start() {
    let mut app = phases(&["start=seen:1,seen:2,seen:3", "run=wait", "stop=log"]).spawn();
    app.expect("S+");
    app.signal(SIGINT);
    app.expect("seen 1");
    app.signal(SIGTERM);
    app.expect("seen 2");
    app.signal(SIGHUP);
    app.expect("seen 3");
    app.finish()
        .died_by(SIGINT)
        .said(&[
            "S+",
            "seen 1",
            "seen 2",
            "seen 3",
            "S-",
            "P+",
            "signals SIGINT SIGTERM SIGHUP",
            &format!("reason SIGINT {}", from_us()),
            "P-",
        ])
        .quiet();
}

#[test]
fn row_07_start_fails() {
    phases(&["start=err:no disk", "run=wait"])
        .spawn()
        .finish()
        .exited(1)
        .said(&["S+", "S-"])
        .complained_once("Error: Text(\"no disk\")");
}

#[test]
fn row_08_start_panics() {
    phases(&["start=panic:no memory", "run=wait"])
        .spawn()
        .finish()
        .exited(101)
        .said(&["S+"])
        .complained_once("no memory");
}

#[test]
fn row_09_signal_in_start_which_then_fails() {
    let mut app = phases(&["start=accepted,err:no disk", "run=wait"]).spawn();
    app.expect("S+");
    app.signal(SIGTERM);
    app.finish()
        .exited(1)
        .said(&["S+", "accepted", "S-"])
        .complained_once("Text(\"no disk\")");
}

#[test]
fn row_11_run_returns() {
    phases(&["run=ok"])
        .spawn()
        .finish()
        .exited(0)
        .said(&WHOLE)
        .quiet();
}

#[test]
fn row_12_run_fails() {
    phases(&["run=err:no network"])
        .spawn()
        .finish()
        .exited(1)
        .said(&WHOLE)
        .complained_once("Error: Text(\"no network\")");
}

#[test]
fn row_13_run_panics() {
    phases(&["run=panic:no idea"])
        .spawn()
        .finish()
        .exited(101)
        .said(&["S+", "S-", "R+", "P+", "P-"])
        .complained_once("no idea");
}

#[test]
fn row_20_first_sigint_in_stop() {
    let mut app = phases(&["run=ok", "stop=seen:1,line,say:saved"]).spawn();
    app.expect("P+");
    app.signal(SIGINT);
    app.expect("seen 1");
    app.go();
    app.finish()
        .died_by(SIGINT)
        .said(&["S+", "S-", "R+", "R-", "P+", "seen 1", "saved", "P-"])
        .quiet();
}

/// The signal comes when all is over but the leaving, wherever that is at the moment.
#[test]
fn row_21_sigterm_after_stop() {
    let mut died = 0;
    for _ in 0..100 {
        let mut app = phases(&["run=ok", "stop=print:tail"]).spawn();
        app.expect("tailP-");
        app.signal(SIGTERM);
        let ending = app.finish();
        ending
            .said(&["S+", "S-", "R+", "R-", "P+", "tailP-"])
            .quiet();
        if ending.signal().is_some() {
            ending.died_by(SIGTERM);
            died += 1;
        } else {
            ending.exited(0);
        }
    }
    println!("row 21: {died} of 100 died by SIGTERM, the others had ended well before it");
}

/// The signal comes while the last flush cannot go on, because nobody reads.
#[test]
fn row_21_sigterm_in_the_last_flush() {
    let mut app = phases(&["run=ok", "stop=clog,print:tail", "quiet=P"])
        .with_reader_held_up()
        .spawn();
    app.expect_complaint(&["clogged"]);
    until("the last flush is held up", || {
        let process = app.process();
        process
            .tasks()
            .iter()
            .any(|task| process.sleeps_in_write_to(task.tid, 1))
    });
    app.signal(SIGTERM);
    app.let_reader_go_on();
    let ending = app.finish();
    let out = ending.stdout().join("\n");
    ending.check(out.ends_with("tail"), "the flush was to be whole");
    if ending.signal().is_some() {
        ending.died_by(SIGTERM);
    } else {
        ending.exited(0);
    }
}

#[test]
fn row_32_request_with_a_code() {
    phases(&["run=request-exit:7,wait,ok", "stop=log"])
        .spawn()
        .finish()
        .exited(7)
        .in_order(&["R+", "R-", "P+", "signals ", "P-"])
        .once("P+")
        .quiet();
}

/// Three causes at once: a thread asks, a signal comes, `run` returns.
#[test]
fn row_33_three_causes_at_once() {
    let (mut died, mut exited) = (0, 0);
    for round in 0..500_u32 {
        let mut app = phases(&[
            "start=spawn:asker",
            "asker=pass:now,request:enough",
            "run=line,open:now",
            "stop=log",
        ])
        .spawn();
        app.expect("R+");
        // Each of the three is first some of the time.
        match round % 3 {
            0 => app.go(),
            1 => {
                app.go();
                for _ in 0..round * 40 {
                    std::hint::spin_loop();
                }
            }
            _ => {}
        }
        app.signal(SIGTERM);
        if round % 3 == 2 {
            app.go();
        }
        let ending = app.finish();
        ending
            .in_order(&["S+", "S-", "R+", "R-", "P+", "P-"])
            .once("P+")
            .once("P-")
            .quiet();
        if ending.signal().is_some() {
            ending.died_by(SIGTERM);
            died += 1;
        } else {
            // Only a signal that nobody has seen may be without effect.
            ending.exited(0).never("signals SIGTERM");
            exited += 1;
        }
    }
    println!("row 33: {died} died by SIGTERM, {exited} ended before it came");
    assert!(
        died > 0,
        "no signal came in time in 500 attempts, so nothing was tested"
    );
}

/// Being stopped and going on is no cause of anything, and does not hide one either.
fn sigterm_while_stopped(by: Signal) {
    let mut app = phases(&["run=wait"]).in_own_group().spawn();
    app.expect("R+");
    app.stop(by);
    app.signal(SIGTERM);
    // It is stopped: what it would say is not said until it goes on.
    app.is_going_on("R-");
    app.signal(Signal::SIGCONT);
    app.finish().died_by(SIGTERM).said(&WHOLE).quiet();
}

#[test]
fn row_38_sigterm_while_stopped() {
    sigterm_while_stopped(Signal::SIGTSTP);
    sigterm_while_stopped(Signal::SIGSTOP);
}

/// The limit that rows give for what happens at once.
pub const AT_ONCE: Duration = Duration::from_millis(50);
