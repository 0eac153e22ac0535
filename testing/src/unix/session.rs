//! All processes of a session, by which a test finds what a program has left behind.

use std::thread;
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::{DEFAULT_TIMEOUT, ProcessStat};

/// A session, by which all processes can be found that a program has started and may leave behind.
///
/// What a program starts is in the program's session, whatever its group and its parent, unless it begins a session of
/// its own. A program leads a session when it was started by
/// [`Command::in_new_session`](crate::Command::in_new_session) or
/// [`Command::spawn_on_terminal`](crate::Command::spawn_on_terminal).
///
/// ```
/// use aplomb_testing::{Command, Session};
///
/// let script = "cat </dev/null & wait";
/// let child = Command::new("sh").args(["-c", script]).in_new_session().spawn();
/// let session = Session::of(child.pid());
/// child.wait().assert_code(0);
/// session.assert_no_others();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Session(Pid);

impl Session {
    /// The session with this leader, who may have ended.
    #[must_use]
    pub fn of(leader: Pid) -> Self {
        Self(leader)
    }

    /// All processes of the session, the leader and zombies among them.
    ///
    /// # Panics
    ///
    /// When the processes cannot be listed; see [`ProcessStat`].
    #[must_use]
    pub fn processes(self) -> Vec<ProcessStat> {
        let mut processes = ProcessStat::all();
        processes.retain(|process| process.session == self.0);
        processes
    }

    /// The processes that live beside the leader. Zombies are not among them: once their parent has ended, they are for
    /// the system to reap.
    ///
    /// # Panics
    ///
    /// When the processes cannot be listed; see [`ProcessStat`].
    #[must_use]
    pub fn others(self) -> Vec<ProcessStat> {
        let mut others = self.processes();
        others.retain(|process| process.pid != self.0 && !process.is_zombie());
        others
    }

    /// Kills what lives beside the leader, and waits until it has ended: for a test that fails, and may not leave
    /// anything behind. It gives up after [`DEFAULT_TIMEOUT`](crate::DEFAULT_TIMEOUT), where there is what this process
    /// may not kill.
    ///
    /// No other session is meant by the same number meanwhile: the kernel gives none out again that a process has as
    /// its session's.
    ///
    /// # Panics
    ///
    /// When the processes cannot be listed; see [`ProcessStat`].
    pub fn kill_others(self) {
        let since = Instant::now();
        loop {
            // One that is killed may have started another one just before.
            let others = self.others();
            if others.is_empty() || since.elapsed() > DEFAULT_TIMEOUT {
                return;
            }
            for other in others {
                // A process that has ended by itself meanwhile is no error.
                let _ = kill(other.pid, Signal::SIGKILL);
            }
            thread::yield_now();
        }
    }

    /// Checks that no process lives beside the leader: when that has ended, it has left nothing behind.
    ///
    /// # Panics
    ///
    /// When there is one.
    #[track_caller]
    pub fn assert_no_others(self) {
        let others = self.others();
        assert!(
            others.is_empty(),
            "processes were left behind in session {}: {others:#?}",
            self.0
        );
    }
}
