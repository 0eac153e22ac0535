//! The process groups, as `/proc` shows them: who is left of a group whose leader has ended.
//!
//! The kernel has no descriptor for a group, and no call that lists one. So the supervisor looks at all processes, once for all groups
//! that it wants to know of.

use std::cell::OnceCell;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::sys::{self, ProcessEnd};

/// A process of a group.
pub(super) struct Member {
    pub(super) pid: i32,
    /// This means this very process, and never a later one that has got the same number.
    pub(super) end: Arc<ProcessEnd>,
}

impl Member {
    /// Returns whether the process has not ended. The answer is right where its first thread has ended and others have not:
    /// `/proc` calls that a zombie.
    pub(super) fn is_alive(&self) -> bool {
        let ended = sys::wait_until_ready(&[self.end.as_ref()], Some(Duration::ZERO));
        ended.is_ok_and(|ended| ended.is_none())
    }

    /// Kills the process. Returns whether that is refused, since the process has become another user's.
    pub(super) fn refuses_to_be_killed(&self) -> bool {
        let refused = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
        self.end.kill().is_err_and(refused)
    }
}

/// The groups at one moment, which is when one of them was first asked for.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Each process with its group. The cell is empty before the look. `None` in it means that processes cannot be
    /// seen.
    seen: OnceCell<Option<Vec<(i32, i32)>>>,
}

impl Groups {
    /// Returns the processes that live in the group of this leader. The leader has ended and was not reaped, so the
    /// number is that group's and no other's. `None` means that this cannot be learned: there is no `/proc`, or that of
    /// another PID namespace, or no descriptor is left, or the kernel has none for processes.
    pub(super) fn living(&self, leader: i32) -> Option<Vec<Member>> {
        let seen = self.seen.get_or_init(|| look_at_all().ok().flatten());
        let of_group = seen.as_ref()?.iter();
        let mut living = Vec::new();
        for &(pid, _) in of_group.filter(|(_, group)| *group == leader) {
            let member = match ProcessEnd::of(pid) {
                Ok(end) => Member {
                    pid,
                    end: Arc::new(end),
                },
                Err(error) if has_gone(&error) => continue,
                Err(_) => return None,
            };
            // The group is asked for once more, after the descriptor was opened: what was seen before may have been an
            // earlier process with that number. From now on the number means the descriptor's process for as long as
            // that lives.
            if group_of(pid).ok()? == Some(leader) && member.is_alive() {
                living.push(member);
            }
        }
        Some(living)
    }
}

/// Returns all processes and their groups, as `/proc` has them, or `None` where `/proc` is not this process's.
fn look_at_all() -> io::Result<Option<Vec<(i32, i32)>>> {
    if fs::read_link("/proc/self")? != Path::new(&sys::process_id().to_string()) {
        return Ok(None);
    }
    // This asks first whether the kernel has descriptors for processes. Without them it is no use to look.
    ProcessEnd::of(sys::process_id())?;
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
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(sys::ESRCH)
}
