//! A fence in two halves of very different price.
//!
//! Entering and leaving a shield happens millions of times, waiting for shields once in a
//! program's life. Both sides do *store mine, then load theirs*, and at least one of them must
//! see the other's store; that takes a full fence between the two on both sides, about 10 ns
//! each time. A system call lets the rare side pay for both: the kernel makes every running
//! thread of the process execute a full fence, so the frequent side needs only keep the
//! compiler from swapping the two. Where a system has no such call, both sides use full fences.

use std::sync::atomic::{Ordering, fence};

use super::system::{fence_all_threads, prepare_to_fence};

/// How the rare side orders itself against all other threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fence {
    /// The kernel fences all threads: the frequent side needs a compiler fence only.
    Asymmetric,
    /// No such call here (another system, an old kernel, a seccomp filter): both sides use a
    /// full fence.
    Symmetric,
}

impl Fence {
    /// Prepares the process for the call. Idempotent.
    pub(crate) fn prepare() -> Self {
        if prepare_to_fence() {
            Fence::Asymmetric
        } else {
            Fence::Symmetric
        }
    }

    /// Executes the rare side's fence. Returns whether it worked: the call may be forbidden after the process has
    /// prepared for it.
    pub(crate) fn heavy(self) -> bool {
        // SeqCst: a full fence, which this side needs in any case, also where the call below is refused. It pairs with
        // the fences that the other side uses when there is no such call.
        fence(Ordering::SeqCst);
        self == Fence::Symmetric || fence_all_threads()
    }
}
