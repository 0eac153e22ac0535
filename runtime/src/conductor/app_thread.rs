//! What the app's own thread does between the phases: it reports to the listener, waits for the next command, and
//! leaves at the end.

use std::cell::Cell;
use std::future::poll_fn;
use std::sync::Arc;
use std::thread;

use super::channel::{Channel, Command};
use super::{Form, Limits};
use crate::error::{Error, Failure};
use crate::lifecycle::{Event, Step};
use crate::shield;
use crate::shutdown::Shutdown;
use crate::status::End;
use crate::unwind::{end_forked_child, judge};
use crate::{children, exit, sys};

/// The app's thread, as the code sees it that runs there. Dropping it tells the listener that the thread has ended.
#[derive(Debug)]
pub(crate) struct AppThread {
    pub(super) form: Form,
    pub(super) shutdown: Shutdown,
    pub(super) channel: Arc<Channel>,
    /// The limits with which the app was begun.
    pub(super) limits: Limits,
    pub(super) is_async: bool,
    /// How many components have begun a `stop` that has a limit of its own.
    pub(super) turns: Cell<u32>,
    /// Whether this thread waits for a command: the listener was told of the end of the last step, and no command was
    /// taken since then.
    pub(super) has_reported: Cell<bool>,
}

impl AppThread {
    /// How a phase has ended that has returned this, or has panicked; and the value that it has made. An `Err` is
    /// printed here. A panic was printed by the panic hook.
    pub(super) fn judge<T>(
        &self,
        returned: thread::Result<Result<T, Failure>>,
    ) -> (End, Option<T>) {
        // This is read before the listener learns of an `Err`. The listener begins the shutdown then, and after that an
        // `Err(Cancelled)` that nobody had asked for would pass for the answer to a request.
        let requested = self.shutdown.is_requested();
        if let Ok(Err(_)) = returned {
            // The listener learns of the `Err` before it is printed, since printing may take long. Meanwhile the
            // shutdown begins, and deadlines count.
            self.shutdown.events().post(Event::Returned);
        }
        let _reporting = self.shutdown.begin_report(&returned);
        judge(returned, requested)
    }

    /// Has these limits in force from here on, which the value of the body has led to. This comes before the first
    /// phase.
    ///
    /// # Errors
    ///
    /// When they contradict each other.
    pub(super) fn change_limits(&self, limits: Limits) -> Result<(), Failure> {
        if limits == self.limits {
            return Ok(());
        }
        if let Some(words) = limits.contradiction(self.is_async) {
            return Err(Failure::new(Error::Contradiction(words)));
        }
        self.channel.leave_limits(limits);
        self.shutdown.events().post(Event::LimitsChanged {
            drains: limits.drain.is_some(),
            bounds_stop: limits.timeout_stop.is_some(),
        });
        Ok(())
    }

    /// Tells the listener that this thread runs no further step.
    pub(super) fn hang_up(&self) {
        self.channel.close();
        self.shutdown.events().post(Event::Gone);
    }

    /// Ends a forked child: the phases are its parent's. So are the listener and every other thread of the app, for
    /// which the child would wait for ever.
    pub(super) fn end_if_forked(&self) {
        if !self.shutdown.inbox().is_home() {
            end_forked_child();
        }
    }

    /// Tells the listener that a step has ended.
    fn report_end(&self, end: End) {
        self.end_if_forked();
        self.has_reported.set(true);
        self.shutdown.events().post(Event::Ended(end));
    }

    /// Tells the listener that a step has ended, and waits for the next command, in a task.
    ///
    /// The executor polls other tasks on this thread meanwhile. These may be inside shields, so the thread's regions
    /// are waited for as ever; and a task that begins a shield must not park this thread at a closed gate, since the
    /// next command could not be carried out then. So the thread is admitted: the gate lets it through.
    pub(super) async fn report_and_wait(&self, end: End) -> Command {
        self.report_end(end);
        shield::admit_this_thread(true);
        let next = poll_fn(|context| self.channel.poll_command(context)).await;
        shield::admit_this_thread(false);
        self.prepare_for(next);
        next
    }

    /// Tells the listener that a step has ended, and blocks until the next command.
    ///
    /// No other code runs on this thread meanwhile. So a shield that is still held on it was leaked, and cannot end:
    /// the thread is exempt, and no barrier waits for it.
    pub(super) fn report_and_block(&self, end: End) -> Command {
        self.block(|| self.report_end(end))
    }

    /// Tells the listener that the phases have gone, with an executor that has panicked or returned too early, and
    /// blocks until the next command.
    ///
    /// The phases may have gone while they waited for a command. The listener knows of the end of that step then, and
    /// would take a second report for the end of the next one, which it may have commanded meanwhile.
    pub(super) fn report_lost_phases(&self) -> Command {
        // The wait for a command has admitted this thread, and went before it could end that.
        shield::admit_this_thread(false);
        self.block(|| {
            if self.has_reported.get() {
                self.shutdown.events().note_panic();
            } else {
                self.report_end(End::Panicked);
            }
        })
    }

    /// Calls a function that tells the listener something, and blocks until the next command.
    fn block(&self, tell: impl FnOnce()) -> Command {
        // The thread is exempt before the listener learns of the end, since its next action may be to put up a barrier.
        let before = shield::exempt_this_thread(true);
        tell();
        let next = self.channel.next_command();
        shield::exempt_this_thread(before);
        self.prepare_for(next);
        next
    }

    /// Prepares this thread and its streams for the next step.
    fn prepare_for(&self, next: Command) {
        self.has_reported.set(false);
        if let Command::Do(Step::Stop | Step::Rollback | Step::ExitFunctions) = next {
            // These may set the terminal back, and have to end in the background, too.
            sys::allow_background_changes();
        }
        self.replace_lost_streams();
    }

    /// Puts `/dev/null` in the place of standard streams that have lost their other end, once the app stops; before
    /// that, of those that were a terminal which is gone.
    ///
    /// The next step may print, and `println!` panics when a write fails. The listener does this too, but may come to
    /// it after the step has begun. Where SIGHUP is ignored nobody tells that the terminal is gone, so this looks by
    /// itself.
    fn replace_lost_streams(&self) {
        if self.shutdown.is_requested() {
            sys::replace_lost_streams();
        } else {
            sys::replace_lost_terminal();
        }
    }

    /// Carries out the last commands, which are the same in every app: the exit functions, and to leave.
    pub(super) fn leave(&self, next: Command) {
        if let Command::Do(Step::ExitFunctions) = next {
            let end = match self.form {
                Form::Main => {
                    // While this is held, a thread that calls `process::exit` waits for it, and so for the functions.
                    match shield::shield_exit_functions() {
                        Some(_shield) if exit::run_functions() => End::Panicked,
                        _ => End::Done,
                    }
                }
                // The process goes on, so its exit functions run later. The children are the app's, and end with it.
                Form::Embedded => {
                    children::end_all(Some(&self.shutdown));
                    End::Done
                }
            };
            let next = self.report_and_block(end);
            if let (Command::Leave(status), Form::Main) = (next, self.form) {
                // This thread leaves, and not the listener: the flush may block, and the user may insist then.
                shield::exempt_this_thread(true);
                exit::leave(status);
            }
        }
    }
}

impl Drop for AppThread {
    fn drop(&mut self) {
        self.hang_up();
    }
}
