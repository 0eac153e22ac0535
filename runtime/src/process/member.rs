//! A process that is left of the group of a child.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::sys::{self, ProcessEnd};

/// A process of a group.
pub(super) struct Member {
    pub(super) pid: i32,
    /// This means this very process, and never a later one that has got the same number.
    pub(super) end: Arc<ProcessEnd>,
}

impl Member {
    pub(super) fn new((pid, end): (i32, ProcessEnd)) -> Self {
        let end = Arc::new(end);
        Member { pid, end }
    }

    /// Returns whether the process has not ended. The answer is right where its first thread has ended and others have
    /// not: `/proc` calls that a zombie.
    pub(super) fn is_alive(&self) -> bool {
        let ended = sys::wait_until_ready(&[self.end.as_ref()], Some(Duration::ZERO));
        ended.is_ok_and(|ended| ended.is_none())
    }

    /// Kills the process. Returns whether that is refused, since the process has become another user's.
    pub(super) fn refuses_to_be_killed(&self) -> bool {
        let refused = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
        self.end.kill().is_err_and(refused)
    }
}
