//! The app's own thread: runs the phases, one after the other, when it is told to.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;
use std::thread;

use super::Form;
use super::callbacks::with_callbacks;
use super::wire::{Command, Report, Wire};
use crate::block_on::block_on;
use crate::cleanup::Cleanup;
use crate::contain::__rust_begin_short_backtrace;
use crate::exit::{End, Status};
use crate::failure::Failure;
use crate::judging::{discard, discard_all, judge, of_phase};
use crate::lifecycle::Step;
use crate::phase::{Access, Erased, Run, Start, Stop};
#[cfg(feature = "process")]
use crate::process;
use crate::shield::{self, shield_at};
use crate::shutdown::Shutdown;
use crate::{leave, report, sys};

/// The phases of an app, put together: to be called on its thread, with its callbacks.
pub(super) type Program<C> = Box<dyn FnOnce(Thread, Vec<C>) + Send>;

/// The app's thread, seen from inside: its wire to the listener.
#[derive(Debug)]
pub(super) struct Thread {
    pub(super) form: Form,
    pub(super) shutdown: Shutdown,
    pub(super) wire: Arc<Wire>,
}

impl Thread {
    /// Says that a step has ended.
    pub(super) fn report_end(&self, end: End) {
        if !sys::is_home() {
            report::failure("this is a forked child of an app: there is no listener here");
            leave::end_process(Status::FAILURE);
        }
        self.wire.report(Report::Ended(end));
    }

    /// Says so, and waits for what comes next.
    pub(super) fn ended(&self, end: End) -> Command {
        let before = shield::exempt_this_thread(true);
        self.report_end(end);
        let next = self.wire.next_command();
        shield::exempt_this_thread(before);
        self.look_at_streams();
        next
    }

    /// What comes next while the app stops may print, and is not to be cut by that. The listener may be late.
    pub(super) fn look_at_streams(&self) {
        if self.shutdown.requested() {
            sys::replace_lost_streams();
        }
    }

    /// The last steps, which all apps have in common.
    pub(super) fn leave(&self, next: Command) {
        if let Command::Do(Step::ExitFunctions) = next {
            let end = match self.form {
                Form::Main => {
                    // The gate is closed, for all others.
                    shield::exempt_this_thread(true);
                    let _shield = shield::shield("exit functions");
                    // Whoever calls `process::exit` now waits for these.
                    shield::exempt_this_thread(false);
                    if leave::run_functions() {
                        End::Panicked
                    } else {
                        End::Done
                    }
                }
                // They are the process's, which goes on; but its children are the app's.
                Form::Embedded => {
                    #[cfg(feature = "process")]
                    process::end_all(Some(&self.shutdown));
                    End::Done
                }
            };
            let next = self.ended(end);
            if let (Command::Leave(status), Form::Main) = (next, self.form) {
                // Here and not on the listener: flushing may block, and it goes on listening.
                shield::exempt_this_thread(true);
                leave::leave(status);
            }
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.wire.hang_up();
    }
}

/// Puts the phases together.
pub(super) fn new<C, E, B, St, R, Sp, X, Y, Z>(
    body: B,
    start: St,
    run: R,
    stop: Sp,
    location: &'static Location<'static>,
) -> Program<Box<dyn Erased<St::State, R::Access>>>
where
    B: FnOnce() -> Result<C, E> + Send + 'static,
    E: Debug + 'static,
    St: Start<C, X> + Send + 'static,
    R: Run<St::State, Y> + Send + 'static,
    Sp: Stop<St::State, Z> + Send + 'static,
{
    Box::new(move |thread, callbacks| {
        let shutdown = thread.shutdown.clone();
        let mut cleanup = Cleanup::new();

        let (end, config) = thread.attempt(|| body().map_err(Failure::new));
        let Some(config) = config else {
            let unused = discard(start).and(discard(run)).and(discard(stop));
            let end = end.and(unused).and(discard_all(callbacks));
            return thread.leave(thread.ended(end));
        };
        let mut next = thread.ended(end);
        let Command::Do(Step::Start) = next else {
            return thread.leave(next);
        };

        let shielded = |name| shield_at(name, location);
        let (end, state) = {
            let _shield = shielded("start");
            thread.attempt(|| start.call(config, &shutdown, &mut cleanup))
        };
        next = thread.ended(end);
        let Some(mut state) = state else {
            if let Command::Do(Step::Rollback) = next {
                let end = {
                    let _shield = shielded("stop");
                    let end = block_on(cleanup.undo())
                        .and(discard(run))
                        .and(discard(stop));
                    end.and(discard_all(callbacks))
                };
                next = thread.ended(end);
            }
            return thread.leave(next);
        };

        let unused = if let Command::Do(Step::Run) = next {
            let end = thread.attempt_phase(|| {
                let (state, view) = R::Access::split(&mut state);
                let bound = callbacks.into_iter().map(|callback| callback.bind(view));
                with_callbacks(bound.collect(), &shutdown, || run.call(state, &shutdown))
            });
            next = thread.ended(end);
            None
        } else {
            Some((run, callbacks))
        };
        if let Command::Do(Step::Stop) = next {
            let end = {
                let _shield = shielded("stop");
                let unused = unused.map_or(End::Done, |(run, callbacks)| {
                    discard(run).and(discard_all(callbacks))
                });
                thread
                    .attempt_phase(|| stop.call(state, &shutdown))
                    .and(block_on(cleanup.undo()))
                    .and(unused)
            };
            next = thread.ended(end);
        }
        thread.leave(next);
    })
}

impl Thread {
    /// Runs a piece of user code that makes something. A failure is printed, a panic has printed
    /// itself.
    fn attempt<T>(&self, piece: impl FnOnce() -> Result<T, Failure>) -> (End, Option<T>) {
        self.judge(catch_unwind(AssertUnwindSafe(|| {
            __rust_begin_short_backtrace(piece)
        })))
    }

    /// How a piece has ended that has returned this, or has panicked.
    pub(super) fn judge<T>(
        &self,
        returned: thread::Result<Result<T, Failure>>,
    ) -> (End, Option<T>) {
        // Before the listener hears of it, which makes a request of that.
        let asked = self.shutdown.requested();
        if let Ok(Err(_)) = returned {
            // To print it may take long.
            self.wire.report(Report::Returned);
        }
        judge(returned, asked)
    }

    /// The same for one that ends in a status.
    fn attempt_phase(&self, phase: impl FnOnce() -> Result<End, Failure>) -> End {
        of_phase(self.attempt(phase))
    }
}
