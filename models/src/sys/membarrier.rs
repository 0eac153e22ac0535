//! The fence of who waits.

use crate::memory;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fence {
    Asymmetric,
    Symmetric,
}

impl Fence {
    pub(crate) fn prepare() -> Self {
        if memory::is_asymmetric() {
            Fence::Asymmetric
        } else {
            Fence::Symmetric
        }
    }

    pub(crate) fn heavy(self) -> bool {
        if !memory::lacks(memory::Fence::Heavy) {
            match self {
                Fence::Asymmetric => memory::interrupt_others(),
                Fence::Symmetric => loom::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst),
            }
        }
        true
    }
}
