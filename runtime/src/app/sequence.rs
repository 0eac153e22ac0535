//! The phases of an app, one after the other, each when the listener says so.

use std::cell::Cell;
use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::rc::Rc;

use super::callbacks::with_callbacks;
use super::executor::Executor;
use super::giving_up::run_or_give_up;
use super::parts::{AllParts, AnyPlan, Progress};
use super::thread::Thread;
use super::wire::Command;
use crate::block_on::block_on;
use crate::component::side_by_side;
use crate::contain::Contained;
use crate::exit::End;
use crate::failure::Failure;
use crate::judging::{discard, of_phase};
use crate::lifecycle::Step;
use crate::phase::Work;
use crate::report;
use crate::shield::{Site, inline_at, shield_at};
use crate::shutdown::Shutdown;

/// Runs the phases of these parts, on the thread that is the app's.
pub(super) fn conduct(
    thread: Thread,
    plan: AnyPlan,
    executor: Option<Executor>,
    location: &'static Location<'static>,
) {
    let parts = plan();
    let Some(executor) = executor else {
        let next = block_on(phases(&thread, parts, location));
        return thread.leave(next);
    };
    let thread = Rc::new(thread);
    let next = Rc::new(Cell::new(None));
    let phases = {
        let (thread, next) = (Rc::clone(&thread), Rc::clone(&next));
        Box::pin(async move { next.set(Some(phases(&thread, parts, location).await)) })
    };
    if let Err((error, phases)) = executor.run(phases, &thread) {
        report::failure(&format!("cannot build the runtime: {error}"));
        next.set(Some(thread.ended_here(End::Failed.and(discard(phases)))));
    }
    let Some(next) = next.take() else {
        report::failure("the executor has returned before the app has ended");
        return thread.wire.hang_up();
    };
    // Here and not in the executor: an exit function may use one of its own.
    thread.leave(next);
}

async fn phases(
    thread: &Thread,
    mut parts: Box<dyn AllParts>,
    location: &'static Location<'static>,
) -> Command {
    let shutdown = &thread.shutdown;

    let (end, begun) = thread.attempt(parts.begin()).await;
    if begun.is_none() {
        let end = end.and(parts.discard());
        return thread.ended(end).await;
    }
    let mut next = thread.ended(end).await;
    let Command::Do(Step::Start) = next else {
        return next;
    };

    let (end, complete) = thread
        .shielded("start", location, async {
            let progress = Progress::new(shutdown);
            parts.start(&progress).await;
            thread.judge(progress.into_returned())
        })
        .await;
    next = thread.ended(end).await;

    if let Command::Do(Step::Run) = next {
        // Where a request has kept a part from starting, it may have come too late to keep `run` from being called.
        let end = match complete {
            Some(true) => run(thread, &mut *parts).await.and(parts.discard()),
            _ => End::Done,
        };
        next = thread.ended(end).await;
    }
    if let Command::Do(step @ (Step::Stop | Step::Rollback)) = next {
        let stop = async {
            // What was not called is not in the way of `stop`, nor of what undoes the start.
            let unused = match step {
                Step::Stop => parts.discard(),
                _ => End::Done,
            };
            let end = parts.stop(thread).await.and(unused);
            end.and(parts.discard())
        };
        let end = thread.shielded("stop", location, stop).await;
        next = thread.ended(end).await;
    }
    next
}

/// Runs what the parts have to do, with the functions of signals beside it.
async fn run(thread: &Thread, parts: &mut dyn AllParts) -> End {
    let shutdown = &thread.shutdown;
    let mut work = parts.work(shutdown);
    let (called, awaited) = (
        std::mem::take(&mut work.called),
        std::mem::take(&mut work.awaited),
    );
    let run = all(work, thread.of_tasks, shutdown);
    if thread.of_tasks {
        return run_or_give_up(thread, run, &awaited).await;
    }
    let run = async { with_callbacks(called, shutdown, || block_on(run)) };
    of_phase(thread.attempt(run).await)
}

/// Does all that is to be done until it has ended; without anything, until the request.
async fn all(work: Work<'_>, of_tasks: bool, shutdown: &Shutdown) -> Result<End, Failure> {
    if let Some(alone) = work.alone {
        return alone.await;
    }
    if !work.threads.is_empty() {
        return Ok(side_by_side::threads(work.threads, shutdown));
    }
    if !work.tasks.is_empty() {
        return Ok(side_by_side::tasks(work.tasks, shutdown).await);
    }
    if of_tasks {
        shutdown.cancelled().await;
    } else {
        shutdown.wait();
    }
    Ok(End::Done)
}

impl Thread {
    /// Runs a piece of user code that makes something.
    async fn attempt<T>(
        &self,
        piece: impl Future<Output = Result<T, Failure>>,
    ) -> (End, Option<T>) {
        self.judge(Contained(pin!(Some(piece)).as_mut()).await)
    }

    /// Runs a phase inside a shield: of the thread, or of the task.
    async fn shielded<F: Future>(
        &self,
        name: &'static str,
        location: &'static Location<'static>,
        phase: F,
    ) -> F::Output {
        if self.of_tasks {
            return inline_at(Site { name, location }, pin!(Some(phase))).await;
        }
        let _shield = shield_at(name, location);
        phase.await
    }
}

#[cfg(test)]
mod tests;
