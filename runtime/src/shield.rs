//! Shields: regions that are never cut, and the barrier that waits for them.
//!
//! Each thread has a slot in a list that only grows. Entering and leaving a shield are a few
//! plain stores in the thread's own slot and one load of the *gate*, a word that is zero as
//! long as nobody waits for shields. The one who waits pays for the ordering, with a
//! [heavy fence](crate::sys::Fence): either it sees the slot's store, or the slot's owner sees
//! the gate.
//!
//! `models/` tries it in every order that the threads and the memory may choose.

use crate::sync::SHARDS;
use crate::sync::{AtomicU32, Condvar, Mutex, OnceLock};

mod barrier;
mod context;
mod exempt;
mod gate;
mod guard;
mod holder;
mod info;
mod inline;
mod passage;
mod pending;
mod region;
mod scope;
#[cfg(feature = "process")]
mod shelter;
mod slot;
#[cfg(feature = "tokio")]
mod task;
mod watch;

pub(crate) use barrier::Barrier;
pub(crate) use context::{admit_this_thread, held, note_foreign_exit};
pub(crate) use exempt::{exempt_this_thread, forget_other_threads};
use gate::Gate;
pub(crate) use guard::shield_at;
pub use guard::{Shield, shield};
pub use info::ShieldInfo;
pub(crate) use inline::inline_at;
pub use inline::{boxed_inline, inline};
pub(crate) use pending::{forget_times, note_times, pending};
pub(crate) use region::Site;
pub(crate) use scope::Scope;
#[cfg(feature = "process")]
pub(crate) use shelter::Shelter;
use slot::Slots;
#[cfg(feature = "tokio")]
pub use task::{boxed_task, task};
pub(crate) use watch::Watch;

/// The process's gate.
static GATE: Gate = Gate {
    word: AtomicU32::new(gate::FENCED),
    fence: OnceLock::new(),
    waiting: Mutex::new(Vec::new()),
    parked: Mutex::new(()),
    reopened: Condvar::new(),
    watching: Mutex::new(0),
};

/// The process's slots.
static SLOTS: Slots = Slots {
    first: OnceLock::new(),
    last: Mutex::new(None),
    spare: [const { Mutex::new(Vec::new()) }; SHARDS],
};

/// What can be done beforehand, while the process has one thread: with more, the kernel takes some
/// milliseconds for it.
pub(crate) fn prepare() {
    gate::process_fence();
}

#[cfg(test)]
mod tests;
