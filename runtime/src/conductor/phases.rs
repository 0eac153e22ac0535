//! The phases of an app, one after the other, each when the listener says so.
//!
//! The sequence is written once, and compiled twice: for threads and for tasks. An [`App`](super::App) holds a pointer to
//! the one that it needs, so the other one is not linked into the program.

use std::cell::Cell;
use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::rc::Rc;

use super::app_thread::AppThread;
use super::channel::Command;
use super::executor::Executor;
use super::parts::{AllParts, AnyPlan, Progress};
use super::run::{run_or_give_up, with_callbacks};
use crate::component::side_by_side;
use crate::error::Failure;
use crate::lifecycle::Step;
use crate::phase::Work;
use crate::phase::machinery::{Tasks, Threads};
use crate::report;
use crate::shield::{Site, inline_at, shield_at};
use crate::status::End;
use crate::unwind::Contained;
use crate::unwind::{discard, of_phase};
use crate::wake::block_on;

/// How the phases of an app are run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sequence {
    OfThreads(fn(&Rc<AppThread>, AnyPlan, Place)),
    OfTasks(fn(&Rc<AppThread>, AnyPlan, Place, Executor), Executor),
}

/// Where the user's code makes the app.
type Place = &'static Location<'static>;

impl Sequence {
    pub(crate) const fn of_threads() -> Self {
        Sequence::OfThreads(on_this_thread)
    }

    pub(crate) const fn of_tasks(executor: Executor) -> Self {
        Sequence::OfTasks(on_executor, executor)
    }

    pub(crate) fn executor(self) -> Option<Executor> {
        match self {
            Sequence::OfThreads(_) => None,
            Sequence::OfTasks(_, executor) => Some(executor),
        }
    }
}

/// All that is to be done on the app's thread.
pub(crate) struct Program {
    pub(crate) sequence: Sequence,
    pub(crate) plan: AnyPlan,
    pub(crate) location: Place,
}

impl Program {
    pub(super) fn conduct(self, thread: AppThread) {
        let thread = Rc::new(thread);
        match self.sequence {
            Sequence::OfThreads(conduct) => conduct(&thread, self.plan, self.location),
            Sequence::OfTasks(conduct, executor) => {
                conduct(&thread, self.plan, self.location, executor);
            }
        }
    }
}

fn on_this_thread(thread: &Rc<AppThread>, plan: AnyPlan, location: Place) {
    let next = block_on(phases::<Threads>(thread, plan(), location));
    thread.leave(next);
}

fn on_executor(thread: &Rc<AppThread>, plan: AnyPlan, location: Place, executor: Executor) {
    let parts = plan();
    let next = Rc::new(Cell::new(None));
    let phases = {
        let (thread, next) = (Rc::clone(thread), Rc::clone(&next));
        Box::pin(async move { next.set(Some(phases::<Tasks>(&thread, parts, location).await)) })
    };
    if let Err((error, phases)) = executor.run(phases, thread) {
        report::failure(&format!("cannot build the runtime: {error}"));
        next.set(Some(thread.ended_here(End::Failed.and(discard(phases)))));
    }
    let Some(next) = next.take() else {
        report::failure("the executor has returned before the app has ended");
        return thread.hang_up();
    };
    // Here and not in the executor: an exit function may use one of its own.
    thread.leave(next);
}

async fn phases<K: Conducted>(
    thread: &AppThread,
    mut parts: Box<dyn AllParts>,
    location: Place,
) -> Command {
    let shutdown = &thread.shutdown;

    let (end, begun) = thread.attempt(parts.begin()).await;
    if begun.is_none() {
        let end = end.and(parts.discard());
        return K::ended(thread, end).await;
    }
    let mut next = K::ended(thread, end).await;
    let Command::Do(Step::Start) = next else {
        return next;
    };

    let (end, complete) = K::shielded("start", location, async {
        let progress = Progress::new(shutdown);
        parts.start(&progress).await;
        thread.judge(progress.into_returned())
    })
    .await;
    next = K::ended(thread, end).await;

    if let Command::Do(Step::Run) = next {
        // Where a request has kept a part from starting, it may have come too late to keep `run` from being called.
        let end = match complete {
            Some(true) => K::run(thread, parts.work(shutdown))
                .await
                .and(parts.discard()),
            _ => End::Done,
        };
        next = K::ended(thread, end).await;
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
        let end = K::shielded("stop", location, stop).await;
        next = K::ended(thread, end).await;
    }
    next
}

/// What the two kinds of app do in two ways.
trait Conducted {
    /// Says that a step has ended, and waits for what comes next.
    async fn ended(thread: &AppThread, end: End) -> Command;

    /// Runs a phase inside a shield.
    async fn shielded<F: Future>(name: &'static str, location: Place, phase: F) -> F::Output;

    /// Does all that is to be done until it has ended; without anything, until the request. Beside it are the functions of signals.
    async fn run(thread: &AppThread, work: Work<'_>) -> End;
}

impl Conducted for Threads {
    async fn ended(thread: &AppThread, end: End) -> Command {
        thread.ended_here(end)
    }

    async fn shielded<F: Future>(name: &'static str, location: Place, phase: F) -> F::Output {
        let _shield = shield_at(name, location);
        phase.await
    }

    async fn run(thread: &AppThread, work: Work<'_>) -> End {
        let shutdown = &thread.shutdown;
        let run = || {
            if let Some(alone) = work.alone {
                return block_on(alone);
            }
            if work.threads.is_empty() {
                shutdown.wait();
                return Ok(End::Done);
            }
            Ok(side_by_side::on_threads(work.threads, shutdown))
        };
        let run = async { with_callbacks(work.called, shutdown, run) };
        of_phase(thread.attempt(run).await)
    }
}

impl Conducted for Tasks {
    async fn ended(thread: &AppThread, end: End) -> Command {
        thread.ended(end).await
    }

    async fn shielded<F: Future>(name: &'static str, location: Place, phase: F) -> F::Output {
        inline_at(Site { name, location }, pin!(Some(phase))).await
    }

    async fn run(thread: &AppThread, work: Work<'_>) -> End {
        let shutdown = &thread.shutdown;
        let run = async {
            if let Some(alone) = work.alone {
                return alone.await;
            }
            if work.tasks.is_empty() {
                shutdown.cancelled().await;
                return Ok(End::Done);
            }
            Ok(side_by_side::in_a_task(work.tasks, shutdown).await)
        };
        run_or_give_up(thread, run, &work.awaited).await
    }
}

impl AppThread {
    /// Runs a piece of user code that makes something.
    async fn attempt<T>(
        &self,
        piece: impl Future<Output = Result<T, Failure>>,
    ) -> (End, Option<T>) {
        self.judge(Contained(pin!(Some(piece)).as_mut()).await)
    }
}

#[cfg(test)]
mod tests;
