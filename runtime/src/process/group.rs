//! What is left of a process group when its leader has ended.

use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use crate::sys::{self, Interest};

/// The processes of the group that live, by descriptors that mean them and no later ones of the same number. `None`
/// where that cannot be learned: there is no `/proc`, or no descriptor for a process.
///
/// A zombie is none of them: it has ended, and its parent, which may be anybody, is to reap it.
pub(super) fn living(leader: i32) -> Option<Vec<Arc<OwnedFd>>> {
    // Whether there are such descriptors is asked of a process that is there.
    sys::open_pidfd(sys::process_id())?;
    let mut living = Vec::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        if !is_in(leader, pid) {
            continue;
        }
        let member = sys::open_pidfd(pid).map(Arc::new);
        // Once more: now the number is the descriptor's process.
        living.extend(member.filter(|_| is_in(leader, pid)));
    }
    Some(living)
}

/// Whether a process lives, and is in that group. From `/proc/pid/stat` (`proc_pid_stat(5)`): after the name, which is in
/// parentheses and may have any in it, come state, parent and group.
fn is_in(leader: i32, pid: i32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    let mut fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    let lives = !matches!(fields.next(), None | Some("Z" | "X" | "x"));
    lives && fields.nth(1).and_then(|group| group.parse().ok()) == Some(leader)
}

/// Whether that process has not ended.
pub(super) fn is_alive(member: &OwnedFd) -> bool {
    let ended = sys::wait_for(&[(member.as_fd(), Interest::Read)], Some(Duration::ZERO));
    ended.is_ok_and(sys::Ready::none)
}
