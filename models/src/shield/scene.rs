//! What the models are made of.

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use loom::sync::atomic::AtomicBool;
use loom::thread;

use super::{Barrier, GATE, WORD, gate, shield};
use crate::sync::{lock, pass};
use crate::sys::Event;

/// Does something inside a shield. After a panic the shield is not dropped: the model that its slot belongs to has
/// ended.
pub(super) fn inside<T>(body: impl FnOnce() -> T) -> T {
    let shield = ManuallyDrop::new(shield("a region"));
    let value = body();
    drop(ManuallyDrop::into_inner(shield));
    value
}

/// Sleeps on the event until the barrier is clear, on a clock that stands still: who is not told sleeps for
/// ever.
pub(super) fn wait_for(barrier: Barrier, event: &Event) {
    let mut barrier = ManuallyDrop::new(barrier);
    while !barrier.is_clear() {
        event.wait();
        event.clear();
    }
    drop(ManuallyDrop::into_inner(barrier));
}

/// Asks the barrier until it is clear, on a clock that goes on whenever nobody sets the event.
pub(super) fn wait_and_look_again(barrier: Barrier, event: &Event) {
    let mut barrier = ManuallyDrop::new(barrier);
    while !barrier.is_clear() {
        thread::yield_now();
        if event.is_set() {
            event.clear();
        } else {
            pass(barrier.look_again().unwrap_or_default());
        }
    }
    drop(ManuallyDrop::into_inner(barrier));
}

/// What is done inside a shield, and must not be under way when the process ends.
#[derive(Debug, Default)]
pub(super) struct Work {
    done: AtomicBool,
    ended: AtomicBool,
}

impl Work {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Does the work, for one who is inside. Whether the process has not ended before.
    pub(super) fn go_on(&self) -> bool {
        let sees_no_end = !self.ended.load(Ordering::Relaxed);
        self.done.store(true, Ordering::Relaxed);
        sees_no_end
    }

    /// Ends the process. Whether the work has been done before.
    pub(super) fn end(&self) -> bool {
        let done = self.done.load(Ordering::Relaxed);
        self.ended.store(true, Ordering::Relaxed);
        // For those who are parked for ever, so that the model ends.
        let _lock = lock(&GATE.lock);
        WORD.store(gate::FENCED, Ordering::SeqCst);
        GATE.opened.notify_all();
        done
    }
}
