//! What Linux tells of one process, by `/proc`.

use std::fs;
use std::path::PathBuf;

use nix::libc;

use crate::{Process, SignalField, SignalSet, Thread};

/// The number of `write(2)`, by which `/proc` names the call that a thread waits in.
#[cfg(target_os = "linux")]
const WRITE: libc::c_long = libc::SYS_write;
/// There is no such file elsewhere.
#[cfg(not(target_os = "linux"))]
const WRITE: libc::c_long = -1;

/// What there is on Linux alone.
impl Process {
    /// A set of signals: those of the process, or of its initial thread.
    ///
    /// # Panics
    ///
    /// When there is no such process.
    #[must_use]
    #[track_caller]
    pub fn signals(self, field: SignalField) -> SignalSet {
        SignalSet::from_status(&self.read("status"), field)
    }

    /// The threads, in the order of their numbers. One that ends meanwhile is left out.
    ///
    /// # Panics
    ///
    /// When there is no such process.
    #[must_use]
    #[track_caller]
    pub fn threads(self) -> Vec<Thread> {
        let listing = fs::read_dir(self.folder().join("task"));
        let mut threads: Vec<_> = listing
            .unwrap_or_else(|error| panic!("process {}: {error}", self.pid()))
            .flatten()
            .filter_map(|entry| fs::read_to_string(entry.path().join("status")).ok())
            .map(|status| Thread::parse(&status))
            .collect();
        threads.sort_by_key(|thread| thread.tid);
        threads
    }

    /// Whether a thread waits in a `write` to this descriptor. It is false when there is no such process, and when the
    /// test may not trace it.
    #[must_use]
    pub fn is_blocked_in_write(self, fd: u32) -> bool {
        let call = format!("{WRITE} {fd:#x} ");
        fs::read_dir(self.folder().join("task"))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| fs::read_to_string(entry.path().join("syscall")).ok())
            .any(|line| line.starts_with(&call))
    }

    /// What a descriptor is open on: the path of a file, or something such as `pipe:[1234]`. `None` when it is not
    /// open, or there is no such process.
    #[must_use]
    pub fn fd_path(self, fd: u32) -> Option<PathBuf> {
        fs::read_link(self.folder().join(format!("fd/{fd}"))).ok()
    }

    /// How many descriptors are open.
    ///
    /// # Panics
    ///
    /// When there is no such process.
    #[must_use]
    #[track_caller]
    pub fn fd_count(self) -> usize {
        fs::read_dir(self.folder().join("fd"))
            .unwrap_or_else(|error| panic!("process {}: {error}", self.pid()))
            .count()
    }

    /// The processor time that all threads have used, in clock ticks (`sysconf(_SC_CLK_TCK)`, nearly always 100 in a
    /// second).
    ///
    /// # Panics
    ///
    /// When there is no such process.
    #[must_use]
    #[track_caller]
    pub fn cpu_ticks(self) -> u64 {
        let stat = self.read("stat");
        let after_name = stat.rsplit_once(')').expect("a name in brackets").1;
        let fields: Vec<_> = after_name.split_whitespace().collect();
        // utime and stime: the 14th and 15th of all fields.
        let ticks = |at: usize| fields[at].parse::<u64>().expect("a number");
        ticks(11) + ticks(12)
    }

    fn folder(self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.pid()))
    }

    #[track_caller]
    fn read(self, file: &str) -> String {
        fs::read_to_string(self.folder().join(file))
            .unwrap_or_else(|error| panic!("process {}: {error}", self.pid()))
    }
}
