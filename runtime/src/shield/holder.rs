//! Whom a slot belongs to.

use std::fmt;
use std::thread;

use crate::sync::{Mutex, lock};

/// A thread or a task, and what it is called.
#[derive(Debug)]
pub(super) enum Holder {
    /// A thread of this name.
    Thread(Mutex<String>),
    /// A task, for as long as its region lasts; then it goes back to the spare ones of this shard.
    Task {
        id: Mutex<Option<TaskId>>,
        shard: usize,
    },
}

#[cfg(feature = "tokio")]
pub(super) type TaskId = tokio::task::Id;
#[cfg(not(feature = "tokio"))]
pub(super) type TaskId = std::convert::Infallible;

/// The task that the current thread is polling, where its executor tells.
pub(super) fn current_task() -> Option<TaskId> {
    #[cfg(feature = "tokio")]
    return tokio::task::try_id();
    #[cfg(not(feature = "tokio"))]
    None
}

impl Holder {
    /// Threads, one after the other.
    pub(super) fn threads() -> Self {
        Holder::Thread(Mutex::default())
    }

    /// Tasks, one after the other, on threads of this shard at first.
    pub(super) fn tasks(shard: usize) -> Self {
        Holder::Task {
            id: Mutex::new(None),
            shard,
        }
    }

    /// The shard that a task's goes back to. `None`: it is a thread's.
    pub(super) fn shard(&self) -> Option<usize> {
        match self {
            Holder::Thread(_) => None,
            Holder::Task { shard, .. } => Some(*shard),
        }
    }

    /// It is the current thread, or the task that it is polling.
    pub(super) fn note_current(&self) {
        match self {
            Holder::Thread(name) => *lock(name) = thread_name(),
            Holder::Task { id, .. } => *lock(id) = current_task(),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Thread(name) => write!(f, "thread {}", lock(name)),
            Holder::Task { id, .. } => match *lock(id) {
                Some(id) => write!(f, "task {id}"),
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
