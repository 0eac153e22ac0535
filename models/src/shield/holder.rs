//! Whom a slot belongs to, without a name.

use std::fmt;

/// A thread, or a task of this shard.
#[derive(Debug)]
pub(super) struct Holder(Option<usize>);

impl Holder {
    pub(super) fn threads() -> Self {
        Holder(None)
    }

    pub(super) fn tasks(shard: usize) -> Self {
        Holder(Some(shard))
    }

    pub(super) fn shard(&self) -> Option<usize> {
        self.0
    }

    #[allow(clippy::unused_self, reason = "the library's notes it")]
    pub(super) fn note_current(&self) {}
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("somebody")
    }
}
