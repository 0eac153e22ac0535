//! The processes of the groups whose leaders have ended.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::sys::{self, ProcessEnd};

/// A process, by what means it and no later one of its number.
pub(super) type Member = Arc<ProcessEnd>;

/// One look at all processes, taken when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Scan {
    taken: bool,
    /// Each with its group. `None` where they cannot be seen.
    seen: Option<Vec<(i32, i32)>>,
}

impl Scan {
    /// The processes that live in the group of this leader, which has ended and was not reaped: so the number is that
    /// group's and no other's. `None` where that cannot be learned: there is no `/proc`, or it is another PID
    /// namespace's, or no descriptor is left, or the kernel has none for processes.
    pub(super) fn living(&mut self, leader: i32) -> Option<Vec<Member>> {
        if !self.taken {
            *self = Scan {
                taken: true,
                seen: look_at_all().ok().flatten(),
            };
        }
        let of_group = self.seen.as_ref()?.iter();
        let mut living = Vec::new();
        for &(pid, _) in of_group.filter(|(_, group)| *group == leader) {
            let member = match ProcessEnd::of(pid) {
                Ok(member) => member,
                Err(error) if has_gone(&error) => continue,
                Err(_) => return None,
            };
            // Once more: now the number is the descriptor's process, as long as that lives.
            if group_of(pid).ok()? == Some(leader) && is_alive(&member) {
                living.push(Arc::new(member));
            }
        }
        Some(living)
    }
}

/// All processes and their groups, as `/proc` has them; `None` where it is not this process's.
fn look_at_all() -> io::Result<Option<Vec<(i32, i32)>>> {
    if fs::read_link("/proc/self")? != Path::new(&sys::process_id().to_string()) {
        return Ok(None);
    }
    // Whether there are descriptors for processes at all.
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

/// The group of a process, from `/proc/pid/stat` (`proc_pid_stat(5)`): after the name, which is in parentheses and may have
/// any in it, come state, parent and group.
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

/// A process that ends while it is looked at is no mistake: `ESRCH`, or no such file.
fn has_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(sys::ESRCH)
}

/// Whether that process has not ended. The kernel counts all of its threads, which the state in `/proc` does not.
pub(super) fn is_alive(member: &ProcessEnd) -> bool {
    let ended = sys::wait_until_ready(&[member], Some(Duration::ZERO));
    ended.is_ok_and(|ended| ended.is_none())
}
