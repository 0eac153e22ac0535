//! The workers: each has a task that gives it its jobs, and looks after it.

use std::future::pending;
use std::io;
use std::panic::resume_unwind;
use std::process::ExitStatus;
use std::sync::Arc;

use anyhow::bail;
use tokio::select;
use tokio::task::{JoinError, JoinSet};

use crate::patience::Patience;
use crate::queue::Queue;
use crate::say;
use crate::worker::{Recipe, Worker};

/// How often in a row a worker may end that had no job. There is no sense in starting it for ever.
const IN_VAIN: u32 = 5;

/// What the tasks have in common.
pub(crate) struct Shop {
    pub(crate) recipe: Recipe,
    pub(crate) queue: Arc<Queue>,
    pub(crate) patience: Patience,
    /// Whether the end of a worker is a failure, or another one takes its place.
    pub(crate) fatal: bool,
}

pub(crate) struct Crew {
    shop: Arc<Shop>,
    tasks: JoinSet<anyhow::Result<()>>,
}

impl Crew {
    pub(crate) fn new(shop: Shop) -> Crew {
        Crew {
            shop: Arc::new(shop),
            tasks: JoinSet::new(),
        }
    }

    /// Adds a worker, when it is ready.
    pub(crate) async fn add(&mut self, number: usize) -> anyhow::Result<()> {
        let worker = self.shop.start(number).await?;
        let post = Post {
            number,
            shop: Arc::clone(&self.shop),
        };
        self.tasks.spawn(post.keep(worker));
        Ok(())
    }

    /// Waits until there is one worker less, and says why. May be dropped, and called again.
    pub(crate) async fn failed(&mut self) -> anyhow::Error {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = returned(ended) {
                return error;
            }
        }
        pending().await
    }

    /// Waits until all have ended, when the queue is closed.
    pub(crate) async fn finish(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = returned(ended) {
                say(format_args!("{error:#}"));
            }
        }
    }
}

fn returned(ended: Result<anyhow::Result<()>, JoinError>) -> anyhow::Result<()> {
    ended.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}

impl Shop {
    async fn start(&self, number: usize) -> anyhow::Result<Worker> {
        let worker = self.recipe.start(number).await?;
        say(format_args!(
            "worker {number} is ready: pid {}",
            worker.id()
        ));
        Ok(worker)
    }
}

/// A worker's place, which may have several of them, one after the other.
struct Post {
    number: usize,
    shop: Arc<Shop>,
}

impl Post {
    /// Until the queue is closed.
    async fn keep(self, mut worker: Worker) -> anyhow::Result<()> {
        let mut in_vain = 0;
        while let Some(ended) = self.occupy(&mut worker).await {
            in_vain = if ended.had_jobs { 0 } else { in_vain + 1 };
            if self.shop.fatal || in_vain > IN_VAIN {
                bail!(ended.how);
            }
            say(ended.how);
            if self.shop.queue.is_closed() {
                return Ok(());
            }
            worker = self.shop.start(self.number).await?;
        }
        worker.finish(&self.shop.patience).await?;
        Ok(())
    }

    /// Gives it one job after the other, until it ends, or there are no more.
    async fn occupy(&self, worker: &mut Worker) -> Option<Ended> {
        let mut had_jobs = false;
        loop {
            let job = select! {
                // One that has ended gets no job.
                biased;
                status = worker.ended() => return Some(self.ended(status, had_jobs)),
                job = self.shop.queue.next() => job?,
            };
            had_jobs = true;
            match worker.ask(&job.request, &self.shop.patience).await {
                Ok(answer) => job.answer(answer),
                Err(status) => {
                    let ended = self.ended(status, had_jobs);
                    job.answer(format!("failed: {}", ended.how));
                    return Some(ended);
                }
            }
        }
    }

    fn ended(&self, status: io::Result<ExitStatus>, had_jobs: bool) -> Ended {
        let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        let how = format!("worker {} has ended: {status}", self.number);
        Ended { how, had_jobs }
    }
}

/// A worker that has.
struct Ended {
    how: String,
    had_jobs: bool,
}
