//! The library's shields, on the models' gate and slots: one of each in every run of a model.
//!
//! Of the files that are needed here, one is the models' own: `holder.rs`, which would ask tokio for the current task.

use crate::sync::{AtomicU32, Condvar, Mutex, OnceLock};

#[path = "../../runtime/src/shield/barrier.rs"]
mod barrier;
#[path = "../../runtime/src/shield/context.rs"]
mod context;
#[path = "../../runtime/src/shield/gate.rs"]
mod gate;
#[path = "../../runtime/src/shield/guard.rs"]
mod guard;
mod holder;
#[path = "../../runtime/src/shield/info.rs"]
mod info;
#[path = "../../runtime/src/shield/masked.rs"]
mod masked;
#[path = "../../runtime/src/shield/region.rs"]
mod region;
#[path = "../../runtime/src/shield/slot.rs"]
mod slot;
#[path = "../../runtime/src/shield/wakers.rs"]
mod wakers;
#[path = "../../runtime/src/shield/watch.rs"]
mod watch;

mod held;
mod scene;
mod sealed;
mod tasks;

pub(crate) use barrier::Barrier;
use gate::Gate;
pub(crate) use guard::shield;
use slot::Slots;

/// What the library does before the first shield, as far as it concerns the models.
pub(crate) fn prepare() {
    gate::process_fence();
}

loom::lazy_static! {
    static ref WORD: AtomicU32 = AtomicU32::new(gate::FENCED);
    static ref GATE: Gate = Gate {
        fence: OnceLock::new(),
        barriers: Mutex::new(Vec::new()),
        waiting_tasks: Mutex::new(0),
        lock: Mutex::new(()),
        opened: Condvar::new(),
    };
    static ref SLOTS: Slots = Slots {
        first: OnceLock::new(),
        last: Mutex::new(None),
        spare: [Mutex::new(Vec::new())],
    };
}
