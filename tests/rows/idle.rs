//! No signals at all.

use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal::SIGTERM;

use crate::support::{Task, phases, until};

/// Nothing polls: an idle app is never woken.
fn is_never_woken(script: &[&str]) {
    let mut app = phases(script).spawn();
    app.expect("R+");
    let process = app.process();
    // Every thread has come to where it waits.
    let rest = |tasks: &[Task]| tasks.iter().all(|task| task.state == 'S');
    let mut before = process.tasks();
    until("all threads are at rest", || {
        let settled = rest(&before);
        let now = process.tasks();
        let unchanged = now == before;
        before = now;
        settled && unchanged
    });
    let ticks = process.processor_ticks();
    // The row is about this time.
    thread::sleep(Duration::from_secs(10));
    let after = process.tasks();
    let used = process.processor_ticks() - ticks;
    app.signal(SIGTERM);
    app.finish().died_by(SIGTERM);
    assert!(
        before.len() >= 2,
        "an app has two threads at least: {before:?}"
    );
    assert_eq!(before, after, "threads were woken");
    assert_eq!(used, 0, "processor time was used");
}

#[test]
fn row_68_idle() {
    is_never_woken(&["run=wait"]);
}

/// Deadlines that have not begun wake nobody either.
#[test]
fn row_68_idle_with_deadlines() {
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
    is_never_woken(&[
        "start=child:a,child:b",
        "run=wait",
        "a=tell | exec tail -f /dev/null",
        "b=tell-at-once essential grace:300 | exec tail -f /dev/null",
        "reap-orphans=yes",
    ]);
}
