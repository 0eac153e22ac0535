//! What the system tells of one process.

use nix::unistd::Pid;

use crate::ProcessStat;

/// The system's view of a process. Each call looks anew.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Process {
    pid: Pid,
}

impl Process {
    /// The process with this number. It need not exist before it is looked at.
    #[must_use]
    pub fn of(pid: Pid) -> Self {
        Self { pid }
    }

    /// The number of the process.
    #[must_use]
    pub fn pid(self) -> Pid {
        self.pid
    }

    /// The children, of all threads, also those that have ended and are not reaped.
    ///
    /// # Panics
    ///
    /// When the processes cannot be listed; see [`ProcessStat`].
    #[must_use]
    pub fn children(self) -> Vec<Pid> {
        let children = self.child_stats();
        children.iter().map(|child| child.pid).collect()
    }

    /// The children, of all threads, that have ended and that the process has not reaped.
    ///
    /// # Panics
    ///
    /// When the processes cannot be listed; see [`ProcessStat`].
    #[must_use]
    pub fn zombie_children(self) -> Vec<ProcessStat> {
        let mut zombies = self.child_stats();
        zombies.retain(ProcessStat::is_zombie);
        zombies
    }

    fn child_stats(self) -> Vec<ProcessStat> {
        let mut children = ProcessStat::all();
        children.retain(|child| child.parent == self.pid);
        children
    }
}
