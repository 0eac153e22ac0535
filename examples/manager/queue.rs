//! Jobs that wait for a worker.

use async_channel::{Receiver, Sender};
use tokio::sync::oneshot;

/// A job, and who waits for its answer.
pub(crate) struct Job {
    pub(crate) request: String,
    reply: oneshot::Sender<String>,
}

impl Job {
    pub(crate) fn answer(self, answer: String) {
        // The client may be gone; the job is done all the same.
        let _ = self.reply.send(answer);
    }
}

/// A channel that clients send to, and workers receive from. It has no bound of its own: each client brings one job
/// at a time.
pub(crate) struct Queue {
    to_workers: Sender<Job>,
    waiting: Receiver<Job>,
}

impl Queue {
    pub(crate) fn new() -> Queue {
        let (to_workers, waiting) = async_channel::unbounded();
        Queue {
            to_workers,
            waiting,
        }
    }

    /// Has a job done, and waits for the answer. There is none if the queue is closed before a worker has taken
    /// the job.
    pub(crate) async fn work(&self, request: String) -> Option<String> {
        let (reply, answer) = oneshot::channel();
        self.to_workers.send(Job { request, reply }).await.ok()?;
        answer.await.ok()
    }

    /// Waits for a job; `None` when the queue is closed. Who does not wait any longer has taken none.
    pub(crate) async fn next(&self) -> Option<Job> {
        self.waiting.recv().await.ok()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.waiting.is_closed()
    }

    /// Lets nobody in any more, and sends away who waits: their clients hear of it when their job is dropped.
    pub(crate) fn close(&self) {
        self.waiting.close();
        while self.waiting.try_recv().is_ok() {}
    }
}
