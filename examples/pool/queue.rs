//! The bounded queue between tasks, which must not block, and threads, which must.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use async_channel::{Receiver, Sender};
use tokio::sync::oneshot;

/// A unit of work, and who waits for its result.
pub(crate) struct Unit {
    pub(crate) number: u64,
    pub(crate) effort: u64,
    pub(crate) stuck: bool,
    reply: oneshot::Sender<u32>,
}

/// A channel whose one end tasks have, and whose other end threads have. What goes in and what leaves is counted.
pub(crate) struct Queue {
    to_threads: Sender<Unit>,
    waiting: Receiver<Unit>,
    queued: AtomicU64,
    taken: AtomicU64,
    done: AtomicU64,
    /// How many of those when the queue was closed.
    done_by_then: AtomicU64,
    dropped: AtomicU64,
}

/// What has become of the units when the queue is closed. Each was taken by a thread, or it was dropped; if it was
/// taken it is done, or in hand.
pub(crate) struct Counts {
    pub(crate) queued: u64,
    pub(crate) done: u64,
    /// Those that were in hand when the queue was closed.
    pub(crate) at_end: u64,
    pub(crate) dropped: u64,
    pub(crate) in_hand: u64,
}

impl Queue {
    pub(crate) fn new(room: usize) -> Queue {
        let (to_threads, waiting) = async_channel::bounded(room);
        Queue {
            to_threads,
            waiting,
            queued: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            done: AtomicU64::new(0),
            done_by_then: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Has a unit worked on, when there is room in the queue, and waits for its result. There is none
    /// if the queue is closed before a thread has taken the unit.
    pub(crate) async fn work(&self, number: u64, effort: u64, stuck: bool) -> Option<u32> {
        let (reply, result) = oneshot::channel();
        let unit = Unit {
            number,
            effort,
            stuck,
            reply,
        };
        self.to_threads.send(unit).await.ok()?;
        self.queued.fetch_add(1, SeqCst);
        result.await.ok()
    }

    /// A unit for a thread, which waits for one; `None` when the queue is closed.
    pub(crate) fn take(&self) -> Option<Unit> {
        let unit = self.waiting.recv_blocking().ok()?;
        self.taken.fetch_add(1, SeqCst);
        Some(unit)
    }

    /// A unit has come to its end. Who waits for the result is told afterwards, so that nobody has
    /// one that is not counted.
    pub(crate) fn done(&self, unit: Unit, result: u32) {
        self.done.fetch_add(1, SeqCst);
        // The task may be gone; the unit is done all the same.
        let _ = unit.reply.send(result);
    }

    /// Takes nothing any more, and drops what waits: the tasks that have brought it hear of that.
    pub(crate) fn close(&self) {
        self.waiting.close();
        while self.waiting.try_recv().is_ok() {
            self.dropped.fetch_add(1, SeqCst);
        }
        // What is done from here on was in hand, as there is nothing left to take.
        self.done_by_then.store(self.done.load(SeqCst), SeqCst);
    }

    pub(crate) fn counts(&self) -> Counts {
        // In this order: what is done was taken before.
        let done = self.done.load(SeqCst);
        let taken = self.taken.load(SeqCst);
        Counts {
            queued: self.queued.load(SeqCst),
            done,
            at_end: taken - self.done_by_then.load(SeqCst),
            dropped: self.dropped.load(SeqCst),
            in_hand: taken - done,
        }
    }
}
