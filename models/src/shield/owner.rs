//! Whom a slot belongs to, without a name.

use std::fmt;

/// A thread, or a task of this shard.
#[derive(Debug)]
pub(super) struct Owner(Option<usize>);

impl Owner {
    pub(super) fn threads() -> Self {
        Owner(None)
    }

    pub(super) fn tasks(shard: usize) -> Self {
        Owner(Some(shard))
    }

    pub(super) fn shard(&self) -> Option<usize> {
        self.0
    }

    #[allow(clippy::unused_self, reason = "the library's notes it")]
    pub(super) fn note_current(&self) {}
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("somebody")
    }
}
