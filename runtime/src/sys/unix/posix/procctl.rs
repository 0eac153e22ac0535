//! What a process of FreeBSD may ask of the kernel: `procctl(2)`. It may die with its parent (`PROC_PDEATHSIG_CTL`),
//! and be the parent of orphans (`PROC_REAP_ACQUIRE`).
//!
//! Nothing of this was seen to work: it is argued from the page.

use std::io;
use std::ptr;

#[cfg(feature = "process")]
use crate::sys::code_of;
#[cfg(feature = "process")]
use crate::sys::unix::exit::exit_now;
#[cfg(feature = "process")]
use crate::sys::unix::signum::SIGKILL;

/// Makes a request about this process itself, whose number may be given as zero.
fn ask<T>(command: libc::c_int, data: *mut T) -> io::Result<()> {
    // SAFETY: the callers give what the command takes: a pointer that is valid for it, or null where it takes nothing.
    if unsafe { libc::procctl(libc::P_PID, 0, command, data.cast()) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Has the kernel kill this child when its parent ends: the process, not the thread.
#[cfg(feature = "process")]
pub(in crate::sys::unix) fn end_with(parent: libc::pid_t) {
    let mut signal = SIGKILL;
    if ask(libc::PROC_PDEATHSIG_CTL, &raw mut signal).is_err() {
        return;
    }
    // The parent is asked for after the call. If it ended before the call, no signal comes, and another process is the
    // parent by now.
    // SAFETY: cannot fail and touches no memory.
    if unsafe { libc::getppid() } != parent {
        // This ends without a word: nobody is there to hear of an error, and the standard library aborts over that.
        exit_now(code_of(SIGKILL).into());
    }
}

/// Takes back what [`end_with`] has asked the kernel for. What the program has asked for by itself stays.
#[cfg(feature = "process")]
pub(in crate::sys::unix) fn outlive_parent() {
    let mut signal = 0;
    let asked = ask(libc::PROC_PDEATHSIG_STATUS, &raw mut signal);
    if asked.is_ok() && signal == SIGKILL {
        signal = 0;
        let _ = ask(libc::PROC_PDEATHSIG_CTL, &raw mut signal);
    }
}

/// Orphans among the descendants of this process become its children, as long as this lives: those that are forked from
/// now on. `init` has them anyway, and so has a process that was a reaper before.
#[derive(Debug)]
pub(crate) struct Adoption {
    /// Whether the process has to stop being a reaper, since it was none before.
    ends: bool,
}

impl Adoption {
    /// Adopts orphans from now on.
    ///
    /// # Errors
    ///
    /// Those of `procctl(2)`.
    pub(crate) fn new() -> io::Result<Self> {
        let acquired = ask(libc::PROC_REAP_ACQUIRE, ptr::null_mut::<()>());
        match acquired {
            Ok(()) => Ok(Adoption { ends: true }),
            Err(was) if was.raw_os_error() == Some(libc::EBUSY) => Ok(Adoption { ends: false }),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Adoption {
    fn drop(&mut self) {
        if self.ends {
            let _ = ask(libc::PROC_REAP_RELEASE, ptr::null_mut::<()>());
        }
    }
}

// sys/procctl.h; the `libc` crate does not have them.
/// `struct procctl_reaper_pidinfo`.
#[repr(C)]
#[derive(Clone, Copy)]
struct PidInfo {
    pid: libc::pid_t,
    /// The child of the reaper's that the process descends from: the process itself, where the reaper has forked it.
    subtree: libc::pid_t,
    flags: libc::c_uint,
    padding: [libc::c_uint; 15],
}

/// `struct procctl_reaper_pids`.
#[repr(C)]
struct Pids {
    count: libc::c_uint,
    padding: [libc::c_uint; 15],
    infos: *mut PidInfo,
}

const REAPER_PIDINFO_VALID: libc::c_uint = 1;
const REAPER_PIDINFO_CHILD: libc::c_uint = 2;

/// Reaps the orphans that have ended, and no others. The kernel tells of each descendant which child of ours it comes
/// from. An orphan is a child by now, and comes from another one than itself. Those that we have forked ourselves come
/// from themselves.
pub(crate) fn reap_orphans() {
    const NONE: PidInfo = PidInfo {
        pid: 0,
        subtree: 0,
        flags: 0,
        padding: [0; 15],
    };
    // More than there is room for are seen when the next one ends: SIGCHLD comes then.
    let mut infos = vec![NONE; 1024];
    let mut pids = Pids {
        count: libc::c_uint::try_from(infos.len()).unwrap_or(0),
        padding: [0; 15],
        infos: infos.as_mut_ptr(),
    };
    if ask(libc::PROC_REAP_GETPIDS, &raw mut pids).is_err() {
        return;
    }
    for info in infos {
        let is_child = REAPER_PIDINFO_VALID | REAPER_PIDINFO_CHILD;
        if info.flags & is_child == is_child && info.pid != info.subtree {
            // SAFETY: a null pointer does not ask for the status.
            unsafe { libc::waitpid(info.pid, ptr::null_mut(), libc::WNOHANG) };
        }
    }
}
