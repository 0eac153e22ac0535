//! A number of threads, for what blocks.

use std::panic::resume_unwind;
use std::sync::Arc;

use tokio::select;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::patience::Patience;

pub(crate) struct Pool {
    /// One for each thread.
    turns: Arc<Semaphore>,
    patience: Patience,
}

impl Pool {
    pub(crate) fn new(threads: usize, patience: Patience) -> Pool {
        Pool {
            turns: Arc::new(Semaphore::new(threads)),
            patience,
        }
    }

    /// Has a job done, and waits for the answer. There is none if the pool is closed before the job had its turn.
    pub(crate) async fn work(
        &self,
        job: impl FnOnce() -> String + Send + 'static,
    ) -> Option<String> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        let thread = spawn_blocking(move || {
            let answer = job();
            drop(turn);
            answer
        });
        let ended = select! {
            ended = thread => ended,
            // Nothing can end it: it is left behind.
            () = self.patience.is_over() => return Some("failed: it took too long".to_owned()),
        };
        match ended {
            Ok(answer) => Some(answer),
            Err(error) => resume_unwind(error.into_panic()),
        }
    }

    /// Sends away who waits, and lets nobody in any more.
    pub(crate) fn close(&self) {
        self.turns.close();
    }
}
