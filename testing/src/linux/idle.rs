//! The check that a program does nothing while there is nothing to do.

use std::thread;
use std::time::Duration;

use nix::unistd::Pid;

use crate::time::wait_until;
use crate::{Process, Thread};

/// Checks that nothing happens in these processes for so long: no thread is woken, starts or ends, and no processor time
/// is used. So a program is found that polls, or has a timer that it does not need.
///
/// First it waits until all threads sleep. Then it sleeps for `duration`, which the check is about.
///
/// # Panics
///
/// When a thread was woken, started or ended, or processor time was used; when the threads do not come to rest within
/// [`DEFAULT_TIMEOUT`](crate::DEFAULT_TIMEOUT); when a process has ended and was reaped.
#[track_caller]
pub fn assert_idle(processes: impl IntoIterator<Item = Pid>, duration: Duration) {
    let processes: Vec<_> = processes.into_iter().map(Process::of).collect();
    let threads = || -> Vec<Thread> { processes.iter().flat_map(Process::threads).collect() };
    let ticks = || -> u64 { processes.iter().map(Process::cpu_ticks).sum() };
    let mut before = threads();
    wait_until("all threads are at rest", || {
        let asleep = before.iter().all(|thread| thread.state == 'S');
        let now = threads();
        let unchanged = now == before;
        before = now;
        asleep && unchanged
    });
    let ticks_before = ticks();
    thread::sleep(duration);
    let after = threads();
    let used = ticks() - ticks_before;
    let is_new = |thread: &&Thread| !before.contains(thread);
    let woken: Vec<_> = after.iter().filter(is_new).collect();
    assert!(
        woken.is_empty(),
        "threads were woken in {duration:?}: {woken:#?}"
    );
    assert_eq!(
        before.len(),
        after.len(),
        "threads have ended in {duration:?}: there were {before:#?}"
    );
    assert_eq!(
        used, 0,
        "clock ticks of processor time were used in {duration:?}"
    );
}
