//! A full fence in every thread of the process: `membarrier(2)`.
//!
//! Linux has the command that is used since 4.14. FreeBSD has it since 14.1, which is not used, and no other system has one
//! that is documented.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod commands {
    // linux/membarrier.h; `libc` has them for some targets only.
    pub(super) const PRIVATE_EXPEDITED: libc::c_int = 1 << 3;
    pub(super) const REGISTER_PRIVATE_EXPEDITED: libc::c_int = 1 << 4;
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn membarrier(command: libc::c_int) -> bool {
    // SAFETY: the call takes integers and touches no memory; an unknown command is an error.
    unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
}

/// Registers the process with the kernel. Returns whether it can fence all threads. Idempotent.
pub(in crate::sys) fn prepare_to_fence() -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return membarrier(commands::REGISTER_PRIVATE_EXPEDITED);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    return false;
}

/// Has every running thread of the process execute a full fence. Returns whether it has.
pub(in crate::sys) fn fence_all_threads() -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return membarrier(commands::PRIVATE_EXPEDITED);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    return false;
}
