//! What a process may ask of the kernel: `prctl(2)`. It may die with its parent (`PR_SET_PDEATHSIG`), be the parent of
//! orphans (`PR_SET_CHILD_SUBREAPER`), and leave no core (`PR_SET_DUMPABLE`).

use std::io;
use std::ptr;

#[cfg(feature = "process")]
use crate::sys::code_of;
#[cfg(feature = "process")]
use crate::sys::unix::exit::exit_now;
use crate::sys::unix::process::is_pid_1;
#[cfg(feature = "process")]
use crate::sys::unix::signum::SIGKILL;

use super::task::is_initial_thread;

/// Has the kernel kill this child when its parent ends. `PR_SET_PDEATHSIG` is about the *thread* that forks
/// (`prctl(2)`), which therefore has to outlive the child.
#[cfg(feature = "process")]
pub(in crate::sys::unix) fn end_with(parent: libc::pid_t) {
    // SAFETY: takes integers.
    let set = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, SIGKILL) };
    if set != 0 {
        // A sandbox refuses it. Then the child is as on systems that have no such signal.
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
    let mut now: libc::c_int = 0;
    // SAFETY: the pointer is valid for writing an int.
    let asked = unsafe { libc::prctl(libc::PR_GET_PDEATHSIG, &raw mut now) };
    if asked == 0 && now == SIGKILL {
        // SAFETY: takes integers. It fails for no signal but a wrong one.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, 0) };
    }
}

/// Leaves no core when this process dies, also where cores are piped to a program (`core(5)`).
pub(in crate::sys::unix) fn leave_no_core() {
    // SAFETY: takes integers.
    unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0) };
}

/// Orphans among the descendants of this process become its children, as long as this lives. PID 1 has them
/// anyway; another process asks the kernel for them.
#[derive(Debug)]
pub(crate) struct Adoption {
    /// Whether the process has to stop being a subreaper, since it was none before.
    ends: bool,
}

impl Adoption {
    /// Adopts orphans from now on. This has to be called on the initial thread, which they go to.
    ///
    /// # Errors
    ///
    /// When this is another thread.
    pub(crate) fn new() -> io::Result<Self> {
        if !is_initial_thread() {
            return Err(io::Error::other(
                "only the process's initial thread can reap them",
            ));
        }
        let ends = !is_pid_1() && !is_subreaper()?;
        if ends {
            set_subreaper(true)?;
        }
        Ok(Adoption { ends })
    }
}

impl Drop for Adoption {
    fn drop(&mut self) {
        if self.ends {
            let _ = set_subreaper(false);
        }
    }
}

/// Reaps the orphans that have ended, and no others. A child belongs to the thread that has forked it, and
/// `__WNOTHREAD` (`wait(2)`) leaves the children of other threads alone. This has to be called on the initial
/// thread, which adopts the orphans and runs no code that starts children. The children of a thread that has ended
/// are the initial thread's as well.
pub(crate) fn reap_orphans() {
    let how = libc::WNOHANG | libc::__WNOTHREAD;
    // SAFETY: a null pointer does not ask for the status.
    while unsafe { libc::waitpid(-1, ptr::null_mut(), how) } > 0 {}
}

fn is_subreaper() -> io::Result<bool> {
    let mut is: libc::c_int = 0;
    // SAFETY: the pointer is valid for writing an int.
    let asked = unsafe { libc::prctl(libc::PR_GET_CHILD_SUBREAPER, &raw mut is) };
    if asked != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(is != 0)
}

fn set_subreaper(on: bool) -> io::Result<()> {
    // SAFETY: takes integers.
    let set = unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, libc::c_ulong::from(on)) };
    if set != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
