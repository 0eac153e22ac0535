//! Who holds a shield, without a name: nobody is told.

use std::fmt;

/// A thread, or a task of this shard.
#[derive(Debug)]
pub(super) struct Holder(Option<usize>);

impl Holder {
    pub(super) fn thread() -> Self {
        Holder(None)
    }

    pub(super) fn task(shard: usize) -> Self {
        Holder(Some(shard))
    }

    pub(super) fn shard(&self) -> Option<usize> {
        self.0
    }

    pub(super) fn role(&self) -> Role {
        self.0.map_or(Role::Thread, |_| Role::Task)
    }

    #[allow(clippy::unused_self, reason = "the library's notes it")]
    pub(super) fn note_current(&self) {}

    #[allow(clippy::unused_self, reason = "the library's notes it")]
    pub(super) fn note_app_thread(&self) {}
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("somebody")
    }
}

/// What the library tells holders apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Thread,
    Task,
    #[allow(dead_code, reason = "the models have no app")]
    Phase,
}

/// There is no executor that tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskId {}

impl TaskId {
    pub(super) fn current() -> Option<Self> {
        None
    }
}
