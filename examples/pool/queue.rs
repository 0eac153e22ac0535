//! The bounded queue between tasks, which must not block, and threads, which must.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, oneshot};

/// A unit of work, and who waits for its result.
pub(crate) struct Unit {
    pub(crate) number: u64,
    pub(crate) effort: u64,
    pub(crate) stuck: bool,
    reply: oneshot::Sender<u32>,
}

/// What has become of the units. Each is in exactly one place at any moment: it waits, it is in hand, it is
/// done, or it was dropped.
#[derive(Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) queued: u64,
    pub(crate) done: u64,
    pub(crate) in_hand: u64,
    /// Those that were in hand when the queue was closed.
    pub(crate) at_end: u64,
    pub(crate) dropped: u64,
}

pub(crate) struct Queue {
    state: Mutex<State>,
    /// Threads wait here for a unit.
    filled: Condvar,
    /// Tasks wait here for room.
    room: Semaphore,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Unit>,
    counts: Counts,
    closed: bool,
}

impl Queue {
    pub(crate) fn new(room: usize) -> Queue {
        Queue {
            state: Mutex::default(),
            filled: Condvar::new(),
            room: Semaphore::new(room),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a unit worked on, when there is room in the queue, and waits for its result. There is none
    /// if the queue is closed before a thread has taken the unit.
    pub(crate) async fn work(&self, number: u64, effort: u64, stuck: bool) -> Option<u32> {
        let (reply, result) = oneshot::channel();
        let room = self.room.acquire().await.ok()?;
        {
            let mut state = self.state();
            if state.closed {
                return None;
            }
            // The thread that takes the unit makes room again.
            room.forget();
            state.counts.queued += 1;
            state.waiting.push_back(Unit {
                number,
                effort,
                stuck,
                reply,
            });
        }
        self.filled.notify_one();
        result.await.ok()
    }

    /// A unit for a thread, which waits for one; `None` when the queue is closed.
    pub(crate) fn take(&self) -> Option<Unit> {
        let state = self.state();
        let mut state = self
            .filled
            .wait_while(state, |state| state.waiting.is_empty() && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        let unit = state.waiting.pop_front()?;
        state.counts.in_hand += 1;
        self.room.add_permits(1);
        Some(unit)
    }

    /// A unit has come to its end. Who waits for the result is told afterwards, so that nobody has
    /// one that is not counted.
    pub(crate) fn done(&self, unit: Unit, result: u32) {
        {
            let mut state = self.state();
            state.counts.in_hand -= 1;
            state.counts.done += 1;
        }
        // The task may be gone; the unit is done all the same.
        let _ = unit.reply.send(result);
    }

    /// Drops what waits, and takes nothing any more.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        state.counts.dropped += waiting.len() as u64;
        state.counts.at_end = state.counts.in_hand;
        self.room.close();
        self.filled.notify_all();
    }

    pub(crate) fn counts(&self) -> Counts {
        self.state().counts
    }
}
