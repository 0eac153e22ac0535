//! The phases of an async app, on an executor, one after the other.

use std::cell::Cell;
use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::rc::Rc;

use super::executor::Executor;
use super::giving_up::run_or_give_up;
use super::program::{Program, Thread};
use super::wire::Command;
use crate::cleanup::Cleanup;
use crate::contain::Contained;
use crate::exit::End;
use crate::failure::Failure;
use crate::judging::{discard, discard_all, of_phase};
use crate::lifecycle::Step;
use crate::phase::{Access, AsyncErased, AsyncRun, AsyncStart, AsyncStop};
use crate::report;
use crate::shield::{self, Site, inline_at};

/// Puts the phases together.
pub(super) fn new<C, E, B, St, R, Sp, X, Y, Z>(
    executor: Executor,
    body: B,
    start: St,
    run: R,
    stop: Sp,
    location: &'static Location<'static>,
) -> Program<Box<dyn AsyncErased<St::State, R::Access>>>
where
    C: 'static,
    B: AsyncFnOnce() -> Result<C, E> + Send + 'static,
    E: Debug + 'static,
    St: AsyncStart<C, X> + Send + 'static,
    R: AsyncRun<St::State, Y> + Send + 'static,
    Sp: AsyncStop<St::State, Z> + Send + 'static,
{
    Box::new(move |thread, callbacks| {
        let thread = Rc::new(thread);
        let next = Rc::new(Cell::new(None));
        let phases = {
            let (thread, next) = (Rc::clone(&thread), Rc::clone(&next));
            Box::pin(async move {
                let phases = phases(&thread, body, start, run, stop, callbacks, location);
                next.set(Some(phases.await));
            })
        };
        if let Err((error, phases)) = executor.run(phases, &thread) {
            report::failure(&format!("cannot build the runtime: {error}"));
            next.set(Some(thread.ended(End::Failed.and(discard(phases)))));
        }
        // Here and not in the executor: an exit function may use one of its own.
        match next.take() {
            Some(next) => thread.leave(next),
            // The executor has not run them to their end.
            None => thread.wire.hang_up(),
        }
    })
}

async fn phases<C, E, B, St, R, Sp, X, Y, Z>(
    thread: &Thread,
    body: B,
    start: St,
    run: R,
    stop: Sp,
    callbacks: Vec<Box<dyn AsyncErased<St::State, R::Access>>>,
    location: &'static Location<'static>,
) -> Command
where
    B: AsyncFnOnce() -> Result<C, E>,
    E: Debug + 'static,
    St: AsyncStart<C, X>,
    R: AsyncRun<St::State, Y>,
    Sp: AsyncStop<St::State, Z>,
{
    let shutdown = &thread.shutdown;
    let mut cleanup = Cleanup::new();

    let body = async { body().await.map_err(Failure::new) };
    let (end, config) = thread.attempt_async(body).await;
    let Some(config) = config else {
        let unused = discard(start).and(discard(run)).and(discard(stop));
        let end = end.and(unused).and(discard_all(callbacks));
        return thread.ended_async(end).await;
    };
    let mut next = thread.ended_async(end).await;
    let Command::Do(Step::Start) = next else {
        return next;
    };

    let start = start.call(config, shutdown, &mut cleanup);
    let (end, state) = shielded("start", location, thread.attempt_async(start)).await;
    next = thread.ended_async(end).await;
    let Some(mut state) = state else {
        if let Command::Do(Step::Rollback) = next {
            let rollback = async {
                let end = cleanup.undo().await.and(discard(run)).and(discard(stop));
                end.and(discard_all(callbacks))
            };
            let end = shielded("stop", location, rollback).await;
            next = thread.ended_async(end).await;
        }
        return next;
    };

    let unused = if let Command::Do(Step::Run) = next {
        let end = {
            let (state, view) = R::Access::split(&mut state);
            run_or_give_up(thread, run.call(state, shutdown), &callbacks, view).await
        };
        next = thread.ended_async(end.and(discard_all(callbacks))).await;
        None
    } else {
        Some((run, callbacks))
    };
    if let Command::Do(Step::Stop) = next {
        let stop = async {
            let unused = unused.map_or(End::Done, |(run, callbacks)| {
                discard(run).and(discard_all(callbacks))
            });
            let stopped = thread.attempt_async(stop.call(state, shutdown)).await;
            of_phase(stopped).and(cleanup.undo().await).and(unused)
        };
        let end = shielded("stop", location, stop).await;
        next = thread.ended_async(end).await;
    }
    next
}

async fn shielded<F: Future>(
    name: &'static str,
    location: &'static Location<'static>,
    phase: F,
) -> F::Output {
    inline_at(Site { name, location }, pin!(Some(phase))).await
}

impl Thread {
    /// As [`attempt`](Thread::attempt).
    async fn attempt_async<T>(
        &self,
        piece: impl Future<Output = Result<T, Failure>>,
    ) -> (End, Option<T>) {
        self.judge(Contained(pin!(Some(piece)).as_mut()).await)
    }

    /// As [`ended`](Thread::ended); meanwhile the executor's other tasks go on, which may be shielded.
    async fn ended_async(&self, end: End) -> Command {
        self.report_end(end);
        shield::admit_this_thread(true);
        let next = poll_fn(|context| self.wire.poll_command(context)).await;
        shield::admit_this_thread(false);
        self.look_at_streams();
        next
    }
}
