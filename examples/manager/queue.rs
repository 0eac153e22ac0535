//! Jobs that wait for a worker.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, oneshot};

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

/// It has as many jobs as there are clients, at the most: each brings one at a time.
pub(crate) struct Queue {
    state: Mutex<State>,
    /// One for each job that waits.
    filled: Semaphore,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    pub(crate) fn new() -> Queue {
        Queue {
            state: Mutex::default(),
            filled: Semaphore::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a job done, and waits for the answer. There is none if the queue is closed before a worker has taken
    /// the job.
    pub(crate) async fn work(&self, request: String) -> Option<String> {
        let (reply, answer) = oneshot::channel();
        {
            let mut state = self.state();
            if state.closed {
                return None;
            }
            state.waiting.push_back(Job { request, reply });
        }
        self.filled.add_permits(1);
        answer.await.ok()
    }

    /// Waits for a job; `None` when the queue is closed. Who does not wait any longer has taken none.
    pub(crate) async fn next(&self) -> Option<Job> {
        self.filled.acquire().await.ok()?.forget();
        self.state().waiting.pop_front()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Sends away who waits, and lets nobody in any more.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        self.filled.close();
        let waiting = mem::take(&mut state.waiting);
        drop(state);
        // Their clients hear of it now.
        drop(waiting);
    }
}
