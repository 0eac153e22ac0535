//! Orphans, which are processes whose parent has ended, and that this one is to reap: `PR_SET_CHILD_SUBREAPER` (`prctl(2)`).
//!
//! Linux only. FreeBSD has `PROC_REAP_ACQUIRE` (`procctl(2)`), which is not used: nothing there tells the children of one
//! thread from those of others, so the standard library's children would be reaped as well.

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use linux::{Adoption, reap_orphans};
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) use nowhere::{Adoption, reap_orphans};

/// What the compiler says where a program asks for orphans and there are none. All Unix systems have them.
pub(crate) const NO_ORPHANS: Option<&str> = None;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux {
    use std::io;
    use std::ptr;

    use crate::sys::unix::process::{is_initial_thread, is_pid_1};

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
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod nowhere {
    use std::io;

    /// Nothing makes one.
    #[derive(Debug)]
    pub(crate) enum Adoption {}

    impl Adoption {
        pub(crate) fn new() -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    pub(crate) fn reap_orphans() {}
}
