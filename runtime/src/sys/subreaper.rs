//! Orphans: processes whose parent has ended, and that this one is to reap.

use std::io;

/// That orphans among the descendants of this process become its children, as long as this lives: as PID 1 they
/// do anyway, otherwise by `PR_SET_CHILD_SUBREAPER` (`prctl(2)`).
#[cfg(any(target_os = "linux", target_os = "android"))]
#[derive(Debug)]
pub(crate) struct Adoption {
    /// Whether it was none before.
    subreaper: bool,
}

/// Nothing here tells the children of one thread from those of others.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[derive(Debug)]
pub(crate) enum Adoption {}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Adoption {
    /// To be called on the initial thread, which adopts them.
    ///
    /// # Errors
    ///
    /// When this is another thread.
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: neither takes or touches anything.
        let (thread, process) = unsafe { (libc::syscall(libc::SYS_gettid), libc::getpid()) };
        if thread != libc::c_long::from(process) {
            return Err(io::Error::other(
                "only the process's initial thread can reap them",
            ));
        }
        let subreaper = process != 1 && !is_subreaper()?;
        if subreaper {
            set_subreaper(true)?;
        }
        Ok(Adoption { subreaper })
    }
}

/// Reaps the orphans that have ended, and no others: a child is its thread's who has forked it, and `__WNOTHREAD`
/// (`wait(2)`) leaves the children of other threads alone. To be called on the initial thread, which adopts the orphans
/// and runs no code that starts children; those of a thread that has ended are its as well.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn reap_orphans() {
    let how = libc::WNOHANG | libc::__WNOTHREAD;
    // SAFETY: a null pointer does not ask for the status.
    while unsafe { libc::waitpid(-1, std::ptr::null_mut(), how) } > 0 {}
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_subreaper() -> io::Result<bool> {
    let mut is: libc::c_int = 0;
    // SAFETY: the pointer is valid for writing an int.
    let asked = unsafe { libc::prctl(libc::PR_GET_CHILD_SUBREAPER, &raw mut is) };
    if asked != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(is != 0)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn set_subreaper(on: bool) -> io::Result<()> {
    // SAFETY: takes integers.
    let set = unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, libc::c_ulong::from(on)) };
    if set != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Drop for Adoption {
    fn drop(&mut self) {
        if self.subreaper {
            let _ = set_subreaper(false);
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
impl Adoption {
    pub(crate) fn new() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn reap_orphans() {}
