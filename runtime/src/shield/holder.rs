//! Who holds a shield: a thread or a task.

use std::fmt;
use std::thread;

use crate::sync::{Mutex, lock};

/// Says whose slot it is, and under which name messages speak of the owner.
///
/// The locks are held while a name is copied, and nothing else is locked meanwhile.
#[derive(Debug)]
pub(super) enum Holder {
    /// The slot belongs to a thread of this name, for the thread's whole life.
    Thread(Mutex<String>),
    /// The slot belongs to a task while the task's region lasts. After that it is a spare one of this shard.
    Task { owner: Mutex<Owner>, shard: usize },
}

/// What holds a shield.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Thread,
    Task,
    /// A phase of the app, on its thread.
    Phase,
}

/// Whose a region is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    /// A task, of which its executor tells nothing.
    Unknown,
    Task(TaskId),
    /// The app's thread, which runs the phases.
    AppThread,
}

impl Holder {
    /// Returns the holder of a thread's slot. The thread is not known yet.
    pub(super) fn thread() -> Self {
        Holder::Thread(Mutex::default())
    }

    /// Returns the holder of a task's slot, made on a thread of this shard. The task is not known yet.
    pub(super) fn task(shard: usize) -> Self {
        Holder::Task {
            owner: Mutex::new(Owner::Unknown),
            shard,
        }
    }

    /// Returns the shard that a task's slot goes back to, or `None` where the holder is a thread.
    pub(super) fn shard(&self) -> Option<usize> {
        match self {
            Holder::Thread(_) => None,
            Holder::Task { shard, .. } => Some(*shard),
        }
    }

    /// Says what the holder is.
    pub(super) fn role(&self) -> Role {
        match self {
            Holder::Thread(_) => Role::Thread,
            // The lock is held, since the slot may be passed on meanwhile.
            Holder::Task { owner, .. } => match *lock(owner) {
                Owner::Unknown | Owner::Task(_) => Role::Task,
                Owner::AppThread => Role::Phase,
            },
        }
    }

    /// Notes the current thread, or the task that the current thread polls.
    pub(super) fn note_current(&self) {
        // The lock is held, since somebody may be reading the name of the holder before this one.
        match self {
            Holder::Thread(name) => *lock(name) = thread_name(),
            Holder::Task { owner, .. } => {
                *lock(owner) = TaskId::current().map_or(Owner::Unknown, Owner::Task);
            }
        }
    }

    /// Notes that the region is that of a phase.
    pub(super) fn note_app_thread(&self) {
        if let Holder::Task { owner, .. } = self {
            // The lock is held, since somebody may be reading the name of the holder before this one.
            *lock(owner) = Owner::AppThread;
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The lock is held, since the slot may be passed on meanwhile.
        match self {
            Holder::Thread(name) => write!(f, "thread {}", lock(name)),
            Holder::Task { owner, .. } => match *lock(owner) {
                Owner::Unknown => f.write_str("a task"),
                Owner::Task(TaskId(id)) => write!(f, "task {id}"),
                Owner::AppThread => f.write_str("thread `main`"),
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

/// Tells one task from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TaskId(Id);

impl TaskId {
    /// Returns the task that the current thread polls, where its executor tells.
    pub(super) fn current() -> Option<Self> {
        #[cfg(feature = "tokio")]
        return tokio::task::try_id().map(TaskId);
        #[cfg(not(feature = "tokio"))]
        None
    }
}
