//! Futures of ours: each that waits is woken, whoever polls it and where, and whatever other wakers do.

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::start_stop::WHOLE;
use crate::support::phases;

/// A combinator polls only what was woken. So one that saw no request, since it was polled in a region, is woken at its end.
#[test]
fn row_122_a_future_that_was_polled_in_a_region() {
    for name in ["cancelled", "run-until"] {
        for signal in [SIGINT, SIGTERM] {
            let mut app = phases(&[&format!("run=across:{name}")]).spawn();
            app.expect("inside");
            app.signal(signal);
            app.finish()
                .died_by(signal)
                .said(&[
                    "S+", "S-", "R+", "inside", "outside", "woken", "R-", "P+", "P-",
                ])
                .quiet();
        }
    }
}

#[test]
fn row_123_a_waker_that_panics_takes_nobody_with_it() {
    let wakers = "panicking-waker:cancelled,panicking-waker:run-until";
    let script = [
        &format!("start=at-exit:bye,{wakers}"),
        "bye=say:bye",
        &format!("run={wakers},say:ready,cancelled"),
    ];
    let mut app = phases(&script).spawn();
    app.expect("ready");
    app.signal(SIGTERM);
    app.finish()
        .exited(101)
        .said(&["S+", "S-", "R+", "ready", "R-", "P+", "P-", "bye"]);
    // Nor who asks for the shutdown.
    let script = [
        &format!("start={wakers}"),
        "run=request:enough,say:asked,cancelled",
    ];
    phases(&script)
        .spawn()
        .finish()
        .exited(101)
        .in_order(&["R+", "asked", "R-", "P+", "P-"]);
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
        .finish()
        .exited(101)
        .in_order(&["R+", "R-", "P+", "P-", "bye"]);
}
