//! Shields: regions of the program that are never cut, and the barriers that wait for them.
//!
//! A *region* is what runs while a shield is held: by a thread, between [`shield`] and the drop of its
//! guard, or by a task, in a `#[shielded] async fn`. Each thread has a *slot*, and so has each region
//! of a task. There it says that it is inside, and then looks at the *gate*, a word that is zero while
//! nobody has to know. A *barrier* waits for regions. At the exit it closes the gate: whoever would
//! begin an outermost region is *parked* there. When nobody is inside it *seals* the gate, which is
//! then closed for ever. `gate.rs` says why no region is overlooked, and `models/` tries that in every
//! order that threads and memory may choose.
//!
//! Each of these files stands on some of those before it, and on none behind it:
//!
//! | file | what is in it |
//! |---|---|
//! | `gate` | the word, its fences, and who is told that a region has ended |
//! | `wakers` | lists of tasks that wait; the gate counts them |
//! | `holder` | the name of the thread or task that a slot belongs to |
//! | `slot` | a slot, how a region is entered and left there, and the list of all slots |
//! | `info` | what is told of a held shield |
//! | `context` | what the current thread is inside of |
//! | `masked` | waits inside a shield that no request ends |
//! | `watch` | a task's place in a list of wakers |
//! | `barrier` | waiting for regions |
//! | `guard` | the shield of a thread |
//! | `exit` | waiting for regions in `exit(3)` |
//! | `bounded` | the end of guards that a function leaves behind |
//! | `region` | the region of a task |
//! | `scope` | futures that we may drop when no region in them is held |
//! | `inline` | `#[shielded(inline)] async fn` |
//! | `task` | `#[shielded] async fn` |
//!
//! A forked child has a gate and slots of its own. A shield that its thread was inside of during the fork is the
//! parent's to end: in the child it masks, as long as it is held, but nobody waits for it.
//!
//! The process's gate and its slots are defined here, and not in their files. The models define others: each run of a
//! model has a gate and slots of its own.

use crate::stragglers::Straggler;
use crate::sync::{AtomicU32, Condvar, Mutex, OnceLock, SHARDS};
use crate::sys::{PerProcess, in_forked_children};
use crate::ticks;

mod barrier;
mod bounded;
mod context;
mod exit;
mod gate;
mod guard;
mod holder;
mod info;
mod inline;
mod masked;
mod region;
mod scope;
mod slot;
#[cfg(feature = "tokio")]
mod task;
mod wakers;
mod watch;

pub(crate) use barrier::Barrier;
#[cfg(feature = "process")]
pub(crate) use barrier::Shelter;
pub(crate) use bounded::{bounded, call_admitted, call_bounded};
pub(crate) use context::{
    Shields, admit_this_thread, exempt_this_thread, held, held_on_this_thread,
};
pub(crate) use exit::{
    Waiting, forget_terms, note_left_out, note_limit, prepare_exit, set_exit_wait,
    shield_exit_functions, wait_for_others,
};
use gate::Gate;
pub use guard::{Shield, shield};
pub use info::ShieldInfo;
#[cfg(feature = "systemd")]
pub(crate) use info::count_regions;
pub(crate) use info::{forget_times, in_the_way, note_times, pending};
pub(crate) use inline::inline_phase;
pub use inline::{boxed_inline, inline};
pub(crate) use masked::{MaskedWait, Point};
pub(crate) use region::Phase;
pub(crate) use scope::Scope;
use slot::Slots;
#[cfg(feature = "tokio")]
pub use task::{boxed_task, task};
pub(crate) use watch::Watch;

impl From<&ShieldInfo> for Straggler {
    fn from(info: &ShieldInfo) -> Self {
        Straggler::new(format_args!("shield {}", info.who()), info.since())
            .remarking(info.remark())
            .one_of(info.kind())
    }
}

/// The word of the gate, which every shield looks at. A forked child has the parent's at first, and is told in the fork
/// itself that it begins anew.
static WORD: AtomicU32 = AtomicU32::new(gate::FENCED);

static GATE: PerProcess<Gate> = PerProcess::new(|| {
    // Here, since the gate is made before the first slot, and before a bit of the word is set.
    in_forked_children(begin_anew);
    Gate {
        fence: OnceLock::new(),
        barriers: Mutex::new(Vec::new()),
        waiting_tasks: Mutex::new(0),
        lock: Mutex::new(()),
        opened: Condvar::new(),
    }
});

static SLOTS: PerProcess<Slots> = PerProcess::new(|| Slots {
    first: OnceLock::new(),
    last: Mutex::new(None),
    spare: [const { Mutex::new(Vec::new()) }; SHARDS],
});

/// Forgets the regions of all others in a forked child: their threads are not there, and will never leave them.
fn begin_anew() {
    gate::begin_anew(slot::begin_anew());
    // The thread conducts nothing here.
    admit_this_thread(false);
    // Nobody looks at the time here, as the parent's listener does. Else each longer time would be taken for one in
    // which the process was stopped.
    ticks::rest();
}

/// Does beforehand what the first shield would have to do: it registers the process for the heavy fence. The kernel
/// does that at once while the process has one thread, and takes some milliseconds when there are more. And it has
/// `exit(3)` wait for shields.
pub(crate) fn prepare() {
    gate::process_fence();
    // Without memory for that, shields are entered all the same. The next thread tries again.
    let _ = exit::register();
}

#[cfg(test)]
mod tests;
