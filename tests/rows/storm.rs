//! Very many signals.

use aplomb_testing::{Capability, wait_until};
use nix::sys::signal::Signal::{SIGHUP, SIGTERM, SIGUSR1};

use crate::programs::scene;
use crate::support::{available, print_uncaptured};

/// The kernel gives a signal to the initial thread, but for one case: when that one has another
/// pending already and does not run. So threads of the app may see some of a storm.
const SIGNALS: u32 = 100_000;

#[test]
fn row_66_a_storm_of_signals() {
    let mut app = scene(&["storm"]).spawn();
    app.expect("R+");
    for _ in 0..SIGNALS / 2 {
        app.send_signal(SIGUSR1);
    }
    app.send_line("go");
    let calls: u32 = app.expect_prefix("called ").parse().expect("a number");
    assert!((1..=SIGNALS / 2).contains(&calls), "{calls} calls");
    // Nothing is lost: after the last signal the function is called once more.
    app.expect("aloud");
    app.send_signal(SIGUSR1);
    app.expect("called aloud");

    // Of two that are pending the kernel may hand over either first; so that it is known which came first,
    // that one comes alone.
    app.send_signal(SIGTERM);
    app.expect("requested");
    for _ in 0..SIGNALS / 4 {
        app.send_signal(SIGTERM);
        app.send_signal(SIGHUP);
    }
    app.send_line("go");
    let signals = app.expect_prefix("signals ");
    assert_eq!(signals, "SIGTERM SIGHUP");
    app.expect("P+");
    for _ in 0..100 {
        app.send_signal(SIGTERM);
    }
    let rounds: u64 = app.expect_prefix("rounds ").parse().expect("a number");
    let interrupted: u64 = app.expect_prefix("interrupted ").parse().expect("a number");
    assert!(
        rounds > 100,
        "the threads were to work meanwhile, and did {rounds} rounds"
    );
    app.wait()
        .assert_signal(SIGTERM)
        .assert_once("P+")
        .assert_once("P-");
    print_uncaptured(&format!(
        "row 66: {SIGNALS} signals, {calls} calls, {rounds} rounds of 8 threads, EINTR seen by them: {interrupted}"
    ));
}

/// Signals that come one by one are all taken by the initial thread: no other notices them.
/// One by one is: the next comes when that thread sleeps again, and is not in the handler.
#[test]
fn row_66_signals_one_by_one() {
    if !available(Capability::Linux, "row_66") {
        return;
    }
    let mut app = scene(&["storm"]).spawn();
    app.expect("R+");
    app.send_line("go");
    app.expect("aloud");
    let process = app.process();
    for _ in 0..300 {
        wait_until("the initial thread sleeps", || {
            process
                .threads()
                .iter()
                .any(|task| task.tid == app.pid().as_raw() && task.state == 'S')
        });
        app.send_signal(SIGUSR1);
        app.expect("called aloud");
    }
    app.send_signal(SIGTERM);
    app.send_line("go");
    app.expect("P+");
    let rounds: u64 = app.expect_prefix("rounds ").parse().expect("a number");
    let interrupted: u64 = app.expect_prefix("interrupted ").parse().expect("a number");
    app.wait()
        .assert_signal(SIGTERM)
        .assert_times("called aloud", 300)
        .assert_once("P+")
        .assert_once("P-");
    assert!(
        rounds > 8,
        "the threads were to work meanwhile, and did {rounds} rounds"
    );
    assert_eq!(interrupted, 0, "the app's threads are not disturbed");
}
