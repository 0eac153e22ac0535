//! Console events for a program that runs, and what it has started.

use std::os::windows::io::AsHandle;
use std::path::Path;
use std::process::{self, Command, Stdio};

use super::console::{self, ConsoleEvent};
use super::job::Job;
use super::window;
use crate::{Child, wait_until};

/// The process, and all that it has started.
#[derive(Debug)]
pub(crate) struct Target(Job);

impl Target {
    pub(crate) fn of(process: &process::Child) -> Self {
        Self(Job::of(process).expect("a process gets a job"))
    }

    /// What waits for the end of the process.
    pub(crate) fn wait_for_end(process: &process::Child) -> impl FnOnce() + Send + 'static {
        let handle = process.as_handle().try_clone_to_owned();
        let handle = handle.expect("handles are left");
        move || console::wait_for(handle.as_handle())
    }

    pub(crate) fn kill(&self) {
        self.0.kill();
    }
}

/// What there is on Windows alone.
impl Child {
    /// The number of the process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Sends an event to all programs on the program's console. `helper` is a program whose `main` is
    /// [`console_helper`](crate::console_helper).
    ///
    /// # Panics
    ///
    /// When the program has no console, or has ended.
    #[track_caller]
    pub fn send_event(&self, event: ConsoleEvent, helper: impl AsRef<Path>) {
        // Those that it has started are on the same console.
        let others = self.target.0.processes();
        let others = others.into_iter().filter(|&other| other != self.pid());
        let pids = [self.pid()].into_iter().chain(others);
        let sent = console::detached(&mut Command::new(helper.as_ref()))
            .args([console::SEND, event.word()])
            .args(pids.map(|pid| pid.to_string()))
            .stdin(Stdio::null())
            .output();
        let sent = sent.unwrap_or_else(|error| panic!("the helper cannot be started: {error}"));
        if !sent.status.success() {
            self.fail(format_args!(
                "{event:?} could not be sent: {}",
                String::from_utf8_lossy(&sent.stderr).trim()
            ));
        }
    }

    /// Closes the window that the program was started in by [`Command::in_window`](crate::Command::in_window).
    ///
    /// # Panics
    ///
    /// When it has none.
    #[track_caller]
    pub fn close_window(&mut self, helper: impl AsRef<Path>) {
        if super::capability::is_wine() {
            self.send_event(ConsoleEvent::Close, helper);
        } else {
            self.send_line(window::CLOSE);
        }
    }

    /// How many processes live of the program and of all that it has started, those that have outlived it among them.
    #[must_use]
    pub fn living(&self) -> usize {
        self.target.0.processes().len()
    }

    /// Waits until the program has ended, and all that it has started.
    ///
    /// # Panics
    ///
    /// When one of them does not end.
    #[track_caller]
    pub fn wait_until_nothing_is_left(&self) {
        wait_until("nothing is left", || self.living() == 0);
    }
}
