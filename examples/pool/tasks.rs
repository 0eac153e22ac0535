//! The tasks that bring work. In a real program each would serve a client.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::bail;
use aplomb::Shutdown;
use clap::Args;
use tokio::task::JoinSet;

use crate::queue::Queue;
use crate::say;

/// What work there is.
#[derive(Clone, Args)]
pub(crate) struct Plan {
    /// How many units; 0 is without end
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) units: u64,

    /// How much work a unit is
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) effort: u64,

    /// Unit N never returns
    #[arg(long, value_name = "N")]
    pub(crate) stuck: Option<u64>,

    /// The task that gets the result of unit N panics
    #[arg(long, value_name = "N")]
    pub(crate) panic_at: Option<u64>,

    /// The task that gets the result of unit N fails
    #[arg(long, value_name = "N")]
    pub(crate) fail_at: Option<u64>,
}

#[derive(Default)]
pub(crate) struct Tasks {
    set: JoinSet<anyhow::Result<()>>,
    begun: Arc<AtomicU64>,
    failed: usize,
}

impl Tasks {
    pub(crate) fn spawn(&mut self, plan: &Arc<Plan>, queue: &Arc<Queue>, shutdown: &Shutdown) {
        let (plan, queue) = (Arc::clone(plan), Arc::clone(queue));
        let begun = Arc::clone(&self.begun);
        // Made here and not in the task, which might never be polled.
        let guard = shutdown.drop_guard();
        self.set.spawn(async move {
            // Moved into the task, it is dropped with it: an error and a panic ask the app to stop.
            let guard = guard;
            work(&plan, &queue, &begun).await?;
            // All is done, or the app is stopping; that asks for nothing.
            guard.disarm();
            Ok(())
        });
    }

    /// Waits for all of them. May be dropped, and called again.
    pub(crate) async fn join(&mut self) {
        while let Some(ended) = self.set.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    say(format_args!("a task has failed: {error:#}"));
                    self.failed += 1;
                }
                // The status will be 101: the guard has seen it.
                Err(_) => say("a task has panicked"),
            }
        }
    }

    pub(crate) fn failed(&self) -> usize {
        self.failed
    }
}

/// What a task does: one unit after the other, until there is none, or no queue any more.
async fn work(plan: &Plan, queue: &Queue, begun: &AtomicU64) -> anyhow::Result<()> {
    loop {
        let number = begun.fetch_add(1, Relaxed) + 1;
        if plan.units > 0 && number > plan.units {
            return Ok(());
        }
        let stuck = plan.stuck == Some(number);
        let Some(result) = queue.work(number, plan.effort, stuck).await else {
            return Ok(());
        };
        assert!(plan.panic_at != Some(number), "as was asked for");
        if plan.fail_at == Some(number) {
            bail!("unit {number} has a bad result");
        }
        say(format_args!("unit {number}: {result:08x}"));
    }
}
