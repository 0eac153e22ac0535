//! A full fence in every thread of the process: `membarrier(2)`, whose command that is used Linux has since 4.14.

// linux/membarrier.h; `libc` has them for some targets only.
const PRIVATE_EXPEDITED: libc::c_int = 1 << 3;
const REGISTER_PRIVATE_EXPEDITED: libc::c_int = 1 << 4;

fn membarrier(command: libc::c_int) -> bool {
    // SAFETY: the call takes integers and touches no memory; an unknown command is an error.
    unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
}

/// Registers the process with the kernel. Returns whether it can fence all threads. Idempotent.
pub(in crate::sys) fn prepare_to_fence() -> bool {
    membarrier(REGISTER_PRIVATE_EXPEDITED)
}

/// Has every running thread of the process execute a full fence. Returns whether it has.
pub(in crate::sys) fn fence_all_threads() -> bool {
    membarrier(PRIVATE_EXPEDITED)
}
