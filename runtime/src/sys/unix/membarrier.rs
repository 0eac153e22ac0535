//! A fence in two halves of very different price: `membarrier(2)`.
//!
//! Entering and leaving a shield happens millions of times, waiting for shields once in a
//! program's life. Both sides do *store mine, then load theirs*, and at least one of them must
//! see the other's store; that takes a full fence between the two on both sides, about 10 ns
//! each time. `membarrier(2)` lets the rare side pay for both: the kernel makes every running
//! thread of the process execute a full fence, so the frequent side needs only keep the
//! compiler from swapping the two.
//!
//! Linux has the command that is used since 4.14. FreeBSD has it since 14.1, which is not used, and no other system has one
//! that is documented: there both sides use full fences.

use std::sync::atomic::{Ordering, fence};

/// How the rare side orders itself against all other threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fence {
    /// `membarrier(2)`: the frequent side needs a compiler fence only.
    Asymmetric,
    /// No such call here (another system, an old kernel, a seccomp filter): both sides use a
    /// full fence.
    Symmetric,
}

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

impl Fence {
    /// Registers the process with the kernel. Idempotent.
    pub(crate) fn prepare() -> Self {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if membarrier(commands::REGISTER_PRIVATE_EXPEDITED) {
            return Fence::Asymmetric;
        }
        Fence::Symmetric
    }

    /// Executes the rare side's fence. Returns whether it worked: the call may be forbidden after the process has
    /// registered for it.
    pub(crate) fn heavy(self) -> bool {
        // SeqCst: a full fence, which this side needs in any case, also where the call below is refused. It pairs with the fences
        // that the other side uses when there is no such call.
        fence(Ordering::SeqCst);
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if self == Fence::Asymmetric {
            return membarrier(commands::PRIVATE_EXPEDITED);
        }
        true
    }
}
