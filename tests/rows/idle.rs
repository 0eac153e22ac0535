//! No signals at all.

use std::time::Duration;

use aplomb_testing::{Capability, Command, assert_idle};
use nix::sys::signal::Signal::SIGTERM;

use crate::programs::phases;
use crate::support::available;

/// Nothing polls: an idle app is never woken.
fn is_never_woken(script: &[&str]) {
    is_never_woken_as(phases(script));
}

fn is_never_woken_as(app: Command) {
    let mut app = app.spawn();
    app.expect("R+");
    assert_idle([app.pid()], Duration::from_secs(10));
    let threads = app.process().threads();
    assert!(
        threads.len() >= 2,
        "an app has two threads at least: {threads:?}"
    );
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM);
}

#[test]
fn row_68_idle() {
    if !available(Capability::Linux, "row_68") {
        return;
    }
    is_never_woken(&["run=wait"]);
}

/// Deadlines that have not begun wake nobody either.
#[test]
fn row_68_idle_with_deadlines() {
    if !available(Capability::Linux, "row_68") {
        return;
    }
    is_never_woken(&[
        "run=wait",
        "timeout-start=60000",
        "timeout-run=60000",
        "timeout-stop=60000",
        "deadline=60000",
    ]);
}

/// A service without a watchdog tells its manager what has changed, and no more.
#[test]
#[cfg(target_os = "linux")]
fn row_68_idle_under_systemd() {
    let manager = crate::support::Manager::at_a_path();
    let script = [
        "run=progress:idle,wait",
        "check=pass",
        "extend=60000",
        "systemd=yes",
    ];
    is_never_woken_as(manager.of(phases(&script)));
    // More time for the start, the words, READY=1 and STOPPING=1; and more time for the stop, unless that is over at
    // once.
    let told = manager.rest();
    assert!((4..=5).contains(&told.len()), "{told:?}");
}

/// A child that lives, and may have to be told, wakes nobody before.
#[test]
fn row_68_idle_with_children() {
    if !available(Capability::Linux, "row_68") {
        return;
    }
    is_never_woken(&[
        "start=child:a,child:b",
        "run=wait",
        "a=tell | exec tail -f /dev/null",
        "b=tell-at-once essential grace:300 | exec tail -f /dev/null",
        "reap-orphans=yes",
    ]);
}
