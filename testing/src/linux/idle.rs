//! The check that a program does nothing while there is nothing to do.

use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::Pid;

use crate::time::wait_until;
use crate::{Process, Thread};

/// How long nothing may have happened before a program is at rest. What a program does once, a second after something
/// else, is over then.
const REST: Duration = Duration::from_secs(2);

/// Checks that nothing happens in these processes for so long: no thread is woken, starts or ends, and no processor
/// time is used. So a program is found that polls, or has a timer that it does not need.
///
/// First it waits until all threads are at rest: each has slept for two seconds and was not woken. So what a program
/// does once, such as a look that was due a second after a start, does not count. Then it sleeps for `duration`, which
/// the check is about.
///
/// # Panics
///
/// When a thread was woken, started or ended, or processor time was used; when the threads do not come to rest within
/// [`DEFAULT_TIMEOUT`](crate::DEFAULT_TIMEOUT); when a process has ended and was reaped.
#[track_caller]
pub fn assert_idle(processes: impl IntoIterator<Item = Pid>, duration: Duration) {
    let processes: Vec<_> = processes.into_iter().map(Process::of).collect();
    let threads = || -> Vec<Thread> {
        processes
            .iter()
            .copied()
            .flat_map(Process::threads)
            .collect()
    };
    let ticks = || -> u64 { processes.iter().copied().map(Process::cpu_ticks).sum() };
    let mut before = threads();
    let mut since = Instant::now();
    wait_until("all threads are at rest", || {
        let now = threads();
        let asleep = now.iter().all(|thread| thread.state == 'S');
        if !asleep || now != before {
            before = now;
            since = Instant::now();
        }
        since.elapsed() >= REST
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
