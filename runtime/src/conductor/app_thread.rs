//! The app's own thread, seen from inside.

use std::future::poll_fn;
use std::sync::Arc;
use std::thread;

use super::Form;
use super::channel::{Channel, Command};
use crate::error::Failure;
use crate::lifecycle::{Event, Step};
use crate::shield::{self, shield};
use crate::shutdown::Shutdown;
use crate::status::{End, Status};
use crate::unwind::judge;
use crate::{children, exit, report, sys};

/// What the app's thread has: its channel to the listener.
#[derive(Debug)]
pub(crate) struct AppThread {
    pub(super) form: Form,
    pub(super) shutdown: Shutdown,
    pub(super) channel: Arc<Channel>,
}

impl AppThread {
    /// How a phase has ended that has returned this, or has panicked. A failure is printed, a panic has printed itself.
    pub(super) fn judge<T>(
        &self,
        returned: thread::Result<Result<T, Failure>>,
    ) -> (End, Option<T>) {
        // Before the listener hears of it, which makes a request of that.
        let asked = self.shutdown.is_requested();
        if let Ok(Err(_)) = returned {
            // To print it may take long.
            self.shutdown.events().post(Event::Returned);
        }
        judge(returned, asked)
    }

    /// Says that this thread does nothing more.
    pub(super) fn hang_up(&self) {
        self.channel.close();
        self.shutdown.events().post(Event::Gone);
    }

    /// Says that a step has ended.
    fn report_end(&self, end: End) {
        if !sys::is_home() {
            report::failure("this is a forked child of an app: there is no listener here");
            exit::end_process(Status::FAILURE);
        }
        self.shutdown.events().post(Event::Ended(end));
    }

    /// Says that a step has ended, and waits for what comes next. The executor's other tasks go on meanwhile, which may be
    /// shielded.
    pub(super) async fn ended(&self, end: End) -> Command {
        self.report_end(end);
        shield::admit_this_thread(true);
        let next = poll_fn(|context| self.channel.poll_command(context)).await;
        shield::admit_this_thread(false);
        self.look_at_streams();
        next
    }

    /// As [`ended`](AppThread::ended), where nothing else goes on on this thread.
    pub(super) fn ended_here(&self, end: End) -> Command {
        let before = shield::exempt_this_thread(true);
        self.report_end(end);
        let next = self.channel.next_command();
        shield::exempt_this_thread(before);
        self.look_at_streams();
        next
    }

    /// What comes next while the app stops may print, and is not to be cut by that. The listener may be late.
    fn look_at_streams(&self) {
        if self.shutdown.is_requested() {
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
                    let _shield = shield("exit functions");
                    // Whoever calls `process::exit` now waits for these.
                    shield::exempt_this_thread(false);
                    if exit::run_functions() {
                        End::Panicked
                    } else {
                        End::Done
                    }
                }
                // They are the process's, which goes on; but its children are the app's.
                Form::Embedded => {
                    children::end_all(Some(&self.shutdown));
                    End::Done
                }
            };
            let next = self.ended_here(end);
            if let (Command::Leave(status), Form::Main) = (next, self.form) {
                // Here and not on the listener: flushing may block, and it goes on listening.
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
