//! What an app may leave behind in its process, as Linux tells it.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::prctl;

use super::find;

/// What the process is by the kernel's word.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ProcessState {
    pub(super) signals: Vec<String>,
    threads: Vec<String>,
    descriptors: usize,
    subreaper: bool,
    children: String,
}

impl ProcessState {
    pub(super) fn now() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let status = read("/proc/self/status");
        let names = ["SigPnd", "SigBlk", "SigIgn", "SigCgt"];
        let is_of_signals = |line: &&str| names.iter().any(|name| line.starts_with(name));
        // A thread, or a descriptor, may go while it is looked at.
        let entries =
            |path: &str| fs::read_dir(path).map_or(0, |entries| entries.flatten().count());
        let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
        let mut threads: Vec<_> = tasks
            .flatten()
            .map(|task| read(&format!("{}/comm", task.path().display())))
            .collect();
        threads.sort();
        ProcessState {
            signals: status
                .lines()
                .filter(is_of_signals)
                .map(str::to_owned)
                .collect(),
            threads,
            descriptors: entries("/proc/self/fd"),
            subreaper: prctl::get_child_subreaper().expect("Linux tells"),
            children: read("/proc/thread-self/children"),
        }
    }

    /// The state once no other thread is left.
    pub(super) fn alone() -> Self {
        loop {
            let now = ProcessState::now();
            if now.threads.len() == 1 {
                return now;
            }
            thread::yield_now();
        }
    }

    /// Notes what does not become as it was, also if it is given time for that: threads end when nobody waits for them.
    pub(super) fn find_changes(&self) {
        const ENOUGH: Duration = Duration::from_secs(20);
        let began = Instant::now();
        loop {
            let now = ProcessState::now();
            if now == *self {
                return;
            }
            if began.elapsed() > ENOUGH {
                return find(format!("{now:?} in place of {self:?}"));
            }
            thread::yield_now();
        }
    }
}
