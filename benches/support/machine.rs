//! Looks at the machine, and the few settings that a fair race needs.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use aplomb_testing::Process;
use nix::libc;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;

/// Now, in nanoseconds, on the clock that all processes of a system share.
pub(crate) fn now() -> u64 {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("the clock can be read");
    u64::try_from(Duration::from(now).as_nanos()).expect("uptime fits")
}

/// The CPUs that this process may use.
pub(crate) fn cpus() -> Vec<usize> {
    let allowed = sched_getaffinity(Pid::from_raw(0)).expect("the affinity can be read");
    (0..CpuSet::count())
        .filter(|&cpu| allowed.is_set(cpu).unwrap_or(false))
        .collect()
}

/// Keeps the calling thread, and what it starts from now on, on one CPU.
pub(crate) fn pin(cpu: usize) {
    let mut set = CpuSet::new();
    set.set(cpu).expect("a CPU number");
    sched_setaffinity(Pid::from_raw(0), &set).expect("the affinity can be set");
}

/// Runs `work` while `cpu` never falls asleep: a thread of the lowest policy there is spins
/// on it, and gives way to whatever else wakes there.
pub(crate) fn while_awake<T>(cpu: usize, work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            pin(cpu);
            idle_policy();
            while !over.load(Ordering::Relaxed) {
                spin();
            }
        });
        let _end = OnDrop(|| over.store(true, Ordering::Relaxed));
        work()
    })
}

/// A moment's work. No `spin_loop`: a hypervisor takes many of those for idleness.
fn spin() {
    for step in 0..100 {
        black_box(step);
    }
}

/// Puts the calling thread below all others.
#[allow(unsafe_code, reason = "no safe wrapper has this call")]
fn idle_policy() {
    // SAFETY: an all-zero `sched_param` is valid, and what this policy asks for.
    let done = unsafe {
        let param: libc::sched_param = std::mem::zeroed();
        libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const param)
    };
    assert_eq!(done, 0, "SCHED_IDLE needs no privilege");
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Returns once every thread of the process sleeps, and has slept for a while.
pub(crate) fn settle(process: Process, pause: Duration) {
    let mut quiet = 0;
    while quiet < 2 {
        thread::sleep(pause);
        let asleep = process.threads().iter().all(|thread| thread.state == 'S');
        quiet = if asleep { quiet + 1 } else { 0 };
    }
}
