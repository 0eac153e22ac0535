//! A child and those that it has started: signals to its process group by `kill(2)`, and who is left of the group, as
//! `/proc` shows it.
//!
//! The kernel has no descriptor for a group, and no call that lists one. So this looks at all processes, once for all
//! groups that somebody wants to know of. Only Linux has `/proc` with groups, and descriptors for processes.

use std::cell::OnceCell;
use std::fs;
use std::io;
use std::path::Path;

use super::child::{child_state, wait_for_end};
use super::kernel::ProcessEnd;
use super::process::process_id;
use super::signum::{SIGCONT, SIGKILL};
use crate::sys::ChildState;

/// A child that we have started, and the group that it leads; or the child alone, where it stays in our group, for
/// which its signals are not. Until somebody reaps the child, its number is no other process's, nor that of another
/// group.
#[derive(Debug)]
pub(crate) struct Group {
    child: i32,
    /// Whether the child leads a group, or was started to lead one.
    is_own: bool,
}

impl Group {
    pub(super) fn new(child: i32, is_own: bool) -> Self {
        Group { child, is_own }
    }

    /// Returns the process id of the child.
    pub(crate) fn pid(&self) -> i32 {
        self.child
    }

    /// Opens what a thread can sleep on until the child has ended. Nobody may have reaped it.
    ///
    /// # Errors
    ///
    /// Those of [`ProcessEnd::of`].
    pub(crate) fn end_of_child(&self) -> io::Result<ProcessEnd> {
        ProcessEnd::of(self.child)
    }

    /// How far the child is. Its status stays where it is.
    pub(crate) fn child_state(&self) -> ChildState {
        child_state(self.child)
    }

    /// Blocks until the child has ended, and leaves its status where it is.
    pub(crate) fn wait_for_child(&self) {
        wait_for_end(self.child);
    }

    /// Returns whether a signal can be sent to such a child at all: `kill(2)` takes each number, and says so where
    /// there is none.
    #[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
    pub(crate) fn can_send(_: i32) -> io::Result<()> {
        Ok(())
    }

    /// Asks all of them to end: by this signal, where there is one, and then by SIGCONT. A process that is stopped acts
    /// on the signal when it goes on.
    pub(crate) fn ask_to_end(&self, signal: Option<i32>) {
        // A refusal changes nothing here: what follows is refused, too, when the child has become another user's.
        let _ = signal.map(|signal| self.send(signal));
        let _ = self.send(SIGCONT);
    }

    /// Kills all of them. To a child that has ended nothing happens.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub(crate) fn kill(&self) -> io::Result<()> {
        self.send(SIGKILL).map(drop)
    }

    /// Sends a signal to all of them. Returns `false` where other code has reaped the child.
    ///
    /// Other code in this process may have reaped it, by `waitpid(-1, …)`. So the kernel is asked right before. Between
    /// the two system calls that code may still do so, and the number be given out again: that takes all numbers in
    /// between.
    ///
    /// A signal to a group is for the child and for those that it has started. The kernel calls it sent where one of
    /// them takes it. Here the child itself is what counts. Others of the group that may not be signalled do not get
    /// it, and nothing tells of that.
    ///
    /// # Errors
    ///
    /// Those of `kill(2)`: there is no such signal, or the child itself has become another user's.
    pub(crate) fn send(&self, signal: i32) -> io::Result<bool> {
        let pid = self.child;
        let to = if self.is_own { -pid } else { pid };
        if self.child_state() == ChildState::Reaped {
            return Ok(false);
        }
        // SAFETY: they take integers.
        let failed = unsafe {
            // Before the signal, which may end the child.
            let group = if self.is_own { libc::getpgid(pid) } else { pid };
            let has_left = group > 0 && group != pid;
            let sent = libc::kill(to, signal);
            if has_left {
                // The child has made itself a member of another group.
                libc::kill(pid, signal) != 0
            } else if sent == 0 && self.is_own && signal != SIGCONT {
                // Whether the child itself may be signalled: no signal is sent by this. A process of our session takes
                // SIGCONT from any user.
                libc::kill(pid, 0) != 0
            } else {
                sent != 0
            }
        };
        if !failed {
            return Ok(true);
        }
        match io::Error::last_os_error() {
            gone if gone.raw_os_error() == Some(libc::ESRCH) => Ok(false),
            error => Err(error),
        }
    }

    /// Lets go of those that live, which nothing binds to us.
    #[allow(clippy::unused_self, reason = "it is needed elsewhere")]
    pub(crate) fn release(&self) {}

    /// Returns the processes of the group, with their numbers, also those that have ended and were not reaped. The
    /// child itself has ended and was not reaped, so the number is that group's and no other's. `None` means that this
    /// cannot be learned: there is no `/proc`, or that of another PID namespace, or no descriptor is left, or the
    /// kernel has none for processes.
    pub(crate) fn members(&self, processes: &Processes) -> Option<Vec<(i32, ProcessEnd)>> {
        let seen = processes.seen.get_or_init(|| look_at_all().ok().flatten());
        let of_group = seen.as_ref()?.iter();
        let mut members = Vec::new();
        for &(pid, _) in of_group.filter(|(_, group)| *group == self.child) {
            let end = match ProcessEnd::of(pid) {
                Ok(end) => end,
                Err(error) if has_gone(&error) => continue,
                Err(_) => return None,
            };
            // The group is asked for once more, after the descriptor was opened: what was seen before may have been an
            // earlier process with that number. From now on the number means the descriptor's process for as long as
            // that lives.
            if group_of(pid).ok()? == Some(self.child) {
                members.push((pid, end));
            }
        }
        Some(members)
    }
}

/// The processes at one moment, which is when a group was first asked for.
#[derive(Debug, Default)]
pub(crate) struct Processes {
    /// Each process with its group. The cell is empty before the look. `None` in it means that processes cannot be
    /// seen.
    seen: OnceCell<Option<Vec<(i32, i32)>>>,
}

/// Returns all processes and their groups, as `/proc` has them, or `None` where `/proc` is not this process's.
fn look_at_all() -> io::Result<Option<Vec<(i32, i32)>>> {
    if fs::read_link("/proc/self")? != Path::new(&process_id().to_string()) {
        return Ok(None);
    }
    // This asks first whether the kernel has descriptors for processes. Without them it is no use to look.
    ProcessEnd::of(process_id())?;
    let mut seen = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let pid = entry?
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let Some(pid) = pid else { continue };
        if let Some(group) = group_of(pid)? {
            seen.push((pid, group));
        }
    }
    Ok(Some(seen))
}

/// Returns the group of a process, from `/proc/pid/stat` (`proc_pid_stat(5)`). The name stands in parentheses, and may
/// contain some. Behind the last one come state, parent and group.
fn group_of(pid: i32) -> io::Result<Option<i32>> {
    let stat = match fs::read(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat,
        Err(error) if has_gone(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let stat = String::from_utf8_lossy(&stat);
    let fields = stat.rsplit(')').next().unwrap_or("");
    let group = fields.split_whitespace().nth(2);
    Ok(group.and_then(|group| group.parse().ok()))
}

/// Returns whether the error means that the process has gone: `ESRCH`, or no such file. Any process may end while it is
/// looked at.
fn has_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ESRCH)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Other code of the process may reap a child. Its number is nobody's then, or another process's.
    #[test]
    fn nothing_is_sent_to_a_number_that_was_given_back() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let alone = Group::new(pid, false);
        assert_eq!(alone.child_state(), ChildState::Running);
        alone.kill().unwrap();
        alone.wait_for_child();
        assert_eq!(alone.child_state(), ChildState::Zombie);
        assert!(alone.send(SIGKILL).unwrap());
        child.wait().unwrap();
        assert_eq!(alone.child_state(), ChildState::Reaped);
        for group in [alone, Group::new(pid, true)] {
            assert!(!group.send(SIGKILL).unwrap());
        }
    }
}
