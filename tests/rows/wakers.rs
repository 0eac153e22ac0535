//! Futures of ours: each that waits is woken, whoever polls it and where, and whatever other wakers do.

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::start_stop::WHOLE;
use crate::programs::phases;

/// A combinator polls only what was woken. So one that saw no request, since it was polled in a region, is woken at its
/// end.
#[test]
fn row_122_a_future_that_was_polled_in_a_region() {
    for name in ["cancelled", "run-until"] {
        for signal in [SIGINT, SIGTERM] {
            let mut app = phases(&[&format!("run=across:{name}")]).spawn();
            app.expect("inside");
            app.send_signal(signal);
            app.wait()
                .assert_signal(signal)
                .assert_stdout(&[
                    "S+", "S-", "R+", "inside", "outside", "woken", "R-", "P+", "P-",
                ])
                .assert_no_stderr();
        }
    }
}

/// Tasks are woken in an app of threads as well, which may have a runtime of its own; after a drain, too.
#[test]
fn row_122_a_future_that_a_signal_wakes() {
    for run in ["run=cancelled", "run=token"] {
        for drain in [&[][..], &["drain=100"]] {
            let mut app = phases(&[&[run][..], drain].concat()).spawn();
            app.expect("R+");
            app.send_signal(SIGTERM);
            app.wait()
                .assert_signal(SIGTERM)
                .assert_stdout(&WHOLE)
                .assert_no_stderr();
        }
    }
    // By `start`, which is over by then.
    let script = [
        "start=spawn:worker",
        "worker=cancelled,say:woken",
        "run=wait,join:worker",
    ];
    let mut app = phases(&script).spawn();
    app.expect("R+");
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_once("woken");
}

#[test]
fn row_123_a_waker_that_panics_takes_nobody_with_it() {
    let wakers = "panicking-waker:cancelled,panicking-waker:run-until";
    let script = [
        &format!("start=at-exit:bye,{wakers}"),
        "bye=say:bye",
        &format!("run={wakers},say:ready,cancelled,line"),
    ];
    let mut app = phases(&script).spawn();
    app.expect("ready");
    app.send_signal(SIGTERM);
    // The first one has counted when the second one panics. What panics when the app has ended comes too late.
    for _ in 0..2 {
        app.expect_stderr(&["a waker that panics"]);
    }
    app.send_line("go");
    app.wait()
        .assert_code(101)
        .assert_stdout(&["S+", "S-", "R+", "ready", "R-", "P+", "P-", "bye"]);
    // Nor who asks for the shutdown.
    let script = [
        &format!("start={wakers}"),
        "run=request:enough,say:asked,cancelled,line",
    ];
    let mut app = phases(&script).spawn();
    for _ in 0..2 {
        app.expect_stderr(&["a waker that panics"]);
    }
    app.send_line("go");
    app.wait()
        .assert_code(101)
        .assert_in_order(&["R+", "asked", "R-", "P+", "P-"]);
}

#[test]
fn row_123_a_waker_of_a_child_that_panics() {
    let script = [
        "start=at-exit:bye",
        "bye=say:bye",
        "run=child:a,panicking-waker:a,panicking-waker:a,tell:a,child-wait-async:a",
        "a=|exec tail -f /dev/null",
    ];
    phases(&script)
        .spawn()
        .wait()
        .assert_code(101)
        .assert_in_order(&["R+", "R-", "P+", "P-", "bye"]);
}
