//! No signals at all.

use std::time::Duration;

use aplomb_testing::{Capability, assert_idle};
use nix::sys::signal::Signal::SIGTERM;

use crate::programs::phases;
use crate::support::available;

/// Nothing polls: an idle app is never woken.
fn is_never_woken(script: &[&str]) {
    let mut app = phases(script).spawn();
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
