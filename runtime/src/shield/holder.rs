//! Who holds a shield: a thread or a task.

use std::fmt;
use std::thread;

use crate::sync::{Mutex, lock};

/// Whose slot it is, and under which name messages speak of it.
///
/// The locks are held while a name is copied, and nothing else is locked meanwhile.
#[derive(Debug)]
pub(super) enum Holder {
    /// A thread of this name, for its whole life.
    Thread(Mutex<String>),
    /// A task, while its region lasts. Then the slot is a spare one of this shard.
    Task {
        id: Mutex<Option<TaskId>>,
        shard: usize,
    },
}

impl Holder {
    /// A thread that is not known yet.
    pub(super) fn thread() -> Self {
        Holder::Thread(Mutex::default())
    }

    /// A task that is not known yet, on a thread of this shard.
    pub(super) fn task(shard: usize) -> Self {
        Holder::Task {
            id: Mutex::new(None),
            shard,
        }
    }

    /// The shard that a task's slot goes back to. `None`: this is a thread.
    pub(super) fn shard(&self) -> Option<usize> {
        match self {
            Holder::Thread(_) => None,
            Holder::Task { shard, .. } => Some(*shard),
        }
    }

    /// Notes the current thread, or the task that the current thread polls.
    pub(super) fn note_current(&self) {
        // With the lock, since somebody may be reading the name of the one before.
        match self {
            Holder::Thread(name) => *lock(name) = thread_name(),
            Holder::Task { id, .. } => *lock(id) = TaskId::current(),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // With the lock, since the slot may be passed on meanwhile.
        match self {
            Holder::Thread(name) => write!(f, "thread {}", lock(name)),
            Holder::Task { id, .. } => match *lock(id) {
                Some(TaskId(id)) => write!(f, "task {id}"),
                None => f.write_str("a task"),
            },
        }
    }
}

fn thread_name() -> String {
    let thread = thread::current();
    match thread.name() {
        Some(name) => format!("`{name}`"),
        None => format!("{:?}", thread.id()),
    }
}

#[cfg(feature = "tokio")]
type Id = tokio::task::Id;
/// No other executor tells which task it polls.
#[cfg(not(feature = "tokio"))]
type Id = std::convert::Infallible;

/// Which task it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TaskId(Id);

impl TaskId {
    /// The task that the current thread polls, where its executor tells.
    pub(super) fn current() -> Option<Self> {
        #[cfg(feature = "tokio")]
        return tokio::task::try_id().map(TaskId);
        #[cfg(not(feature = "tokio"))]
        None
    }
}
