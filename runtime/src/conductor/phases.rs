//! The sequence of the phases: body, `start`, `run`, `stop`, each at the command of the listener.
//!
//! No phase begins without a command, so none can begin at the same time as a decision of the listener against it.
//!
//! The sequence is written once, as an `async fn`, and compiled twice: for threads and for tasks. An
//! [`App`](crate::App) holds a pointer to the one that it needs, so the linker leaves the other one out.

use std::cell::Cell;
use std::future::{Future, poll_fn};
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
use crate::exit;
use crate::lifecycle::Step;
use crate::observe::{self, EventKind};
use crate::phase::Work;
use crate::phase::machinery::{Tasks, Threads};
use crate::report;
use crate::shield::{Phase, inline_phase};
use crate::shutdown::Activity;
use crate::status::End;
use crate::unwind::Contained;
use crate::unwind::{call, discard, flatten_end, panicked};
use crate::wake::block_on;

/// How the phases of an app are run: under our own `block_on`, or on an executor.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sequence {
    OfThreads(fn(&Rc<AppThread>, AnyPlan, Place)),
    OfTasks(fn(&Rc<AppThread>, AnyPlan, Place, Executor), Executor),
}

/// The place in the user's code that makes the app. Shields of `start` and `stop` are named with it.
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

/// What the app's thread runs.
pub(crate) struct Program {
    pub(crate) sequence: Sequence,
    pub(crate) plan: AnyPlan,
    /// Whether the value of the body may change the limits.
    pub(crate) changes_limits: bool,
    pub(crate) location: Place,
}

impl Program {
    /// Runs the app on the current thread, up to the end of the thread or of the process.
    pub(super) fn run_phases(self, thread: AppThread) {
        // Observers hear of this from here, and not from the listener, which may be behind: what the body does comes
        // after it.
        observe::tell(|| EventKind::Began(observe::Work::Body));
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
    let ending = Rc::new(Cell::new(None));
    let phases = {
        let home = Rc::clone(thread);
        let (thread, next, ending) = (Rc::clone(thread), Rc::clone(&next), Rc::clone(&ending));
        // The executor may take long before it polls the phases, as one that a function of the program's makes.
        let beginning = thread.shutdown.begin_activity(Activity::ExecutorBegins);
        let mut phases = Box::pin(async move {
            drop(beginning);
            next.set(Some(phases::<Tasks>(&thread, parts, location).await));
            // What is behind this is the executor's: it drops its tasks, which may never end.
            ending.set(Some(thread.shutdown.begin_activity(Activity::ExecutorEnds)));
        });
        Box::pin(poll_fn(move |context| {
            // An executor may fork between two polls, and go on in both processes. The phases are the parent's.
            home.end_if_forked();
            phases.as_mut().poll(context)
        }))
    };
    let ran = call(|| executor.run(phases, thread));
    drop(ending.take());
    let has_panicked = ran.is_err();
    match ran {
        Ok(Ok(())) => {}
        Ok(Err((end, phases))) => {
            next.set(Some(thread.report_and_block(end.and(discard(phases)))));
        }
        Err(panic) => drop(panicked(panic)),
    }
    let next = if let Some(next) = next.take() {
        if has_panicked {
            // The phases were over, and nobody else learns of this panic.
            thread.shutdown.events().note_panic();
        }
        next
    } else {
        if !has_panicked {
            report::error("the executor has returned before the app has ended");
        }
        if Rc::strong_count(thread) > 1 {
            // The executor has leaked the future, and with it what that holds. A shield in it will never end, so
            // nothing may wait for shields any more.
            return thread.hang_up();
        }
        run_lost_phases(thread)
    };
    // The exit functions run outside of the executor: one of them may use an executor of its own, and executors do not
    // nest.
    thread.leave(next);
}

/// Answers the listener in place of the phases, which have gone: what is left of an app then are its exit functions.
/// Returns the command for these.
fn run_lost_phases(thread: &AppThread) -> Command {
    loop {
        match thread.report_lost_phases() {
            Command::Do(Step::Body | Step::Start | Step::Run | Step::Stop | Step::Rollback) => {}
            next @ (Command::Do(Step::ExitFunctions) | Command::Leave(_)) => return next,
        }
    }
}

/// Runs the phases. Returns the command that comes after the last of them.
async fn phases<K: AppKind>(
    thread: &AppThread,
    mut parts: Box<dyn AllParts>,
    location: Place,
) -> Command {
    let shutdown = &thread.shutdown;

    let body = shutdown.begin_activity(Activity::Body);
    let mut limits = thread.limits;
    let (end, begun) = thread
        .attempt(async {
            parts.run_body(&mut limits).await?;
            thread.change_limits(limits)
        })
        .await;
    drop(body);
    if begun.is_none() {
        let end = end.and(parts.discard());
        return K::report(thread, end).await;
    }
    let mut next = K::report(thread, end).await;
    let Command::Do(Step::Start) = next else {
        return next;
    };

    let (end, complete) = inline_phase(Phase::Start, location, async {
        let progress = Progress::new(shutdown);
        parts.start(&progress).await;
        thread.judge(progress.into_returned())
    })
    .await;
    // What `start` has called may have registered functions by `atexit(3)`. Ours are called before those.
    let _ = exit::register_again();
    next = K::report(thread, end).await;

    if let Command::Do(Step::Run) = next {
        // The listener may command `run` although a request has kept a part from starting: the listener has looked for
        // the request before it came. Then there is nothing to run.
        let end = match complete {
            Some(true) => K::run(thread, parts.work(shutdown))
                .await
                .and(parts.discard()),
            _ => End::Done,
        };
        next = K::report(thread, end).await;
    }
    if let Command::Do(Step::Stop | Step::Rollback) = next {
        let stop = async {
            // A `run` that was not called is dropped before any `stop`: it may have captured what `stop` waits for,
            // such as the sender of a channel.
            let unused = parts.discard();
            parts.stop(thread).await.and(unused)
        };
        let end = inline_phase(Phase::Stop, location, stop).await;
        next = K::report(thread, end).await;
    }
    next
}

/// What an app of threads and an async app do in different ways.
trait AppKind {
    /// Tells the listener that a step has ended, and waits for the next command.
    async fn report(thread: &AppThread, end: End) -> Command;

    /// Runs each `run` until all have ended. Where there is none, or none has ended that ends the app, waits for the
    /// request. Functions of signals are called meanwhile.
    async fn run(thread: &AppThread, work: Work<'_>) -> End;
}

impl AppKind for Threads {
    async fn report(thread: &AppThread, end: End) -> Command {
        thread.report_and_block(end)
    }

    async fn run(thread: &AppThread, work: Work<'_>) -> End {
        let shutdown = &thread.shutdown;
        let run = || {
            if let Some(alone) = work.alone {
                let _ongoing = shutdown.begin_activity(Activity::Run);
                return block_on(alone);
            }
            let ended = side_by_side::on_threads(work.threads, shutdown);
            Ok(ended.unwrap_or_else(|| {
                let _ongoing = shutdown.begin_activity(Activity::Run);
                shutdown.wait();
                End::Done
            }))
        };
        let run = async { with_callbacks(work.called, shutdown, run) };
        flatten_end(thread.attempt(run).await)
    }
}

impl AppKind for Tasks {
    async fn report(thread: &AppThread, end: End) -> Command {
        thread.report_and_wait(end).await
    }

    async fn run(thread: &AppThread, work: Work<'_>) -> End {
        let shutdown = &thread.shutdown;
        // The ends of components' `run`s: when the others are given up, these have ended all the same.
        let ended = Cell::new(None);
        let run = async {
            if let Some(alone) = work.alone {
                let _ongoing = shutdown.begin_activity(Activity::Run);
                return alone.await;
            }
            side_by_side::in_a_task(work.tasks, shutdown, &ended).await;
            if let Some(end) = ended.get() {
                return Ok(end);
            }
            let _ongoing = shutdown.begin_activity(Activity::Run);
            shutdown.cancelled().await;
            Ok(End::Done)
        };
        let end = run_or_give_up(thread, run, &work.awaited).await;
        ended.get().map_or(end, |ended: End| ended.and(end))
    }
}

impl AppThread {
    /// Runs code of the user's that makes a value, and says how it has ended.
    async fn attempt<T>(&self, code: impl Future<Output = Result<T, Failure>>) -> (End, Option<T>) {
        self.judge(Contained(pin!(Some(code)).as_mut()).await)
    }
}

#[cfg(test)]
mod tests;
