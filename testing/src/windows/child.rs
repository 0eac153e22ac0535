//! Console events for a program that runs, and what it has started.

use std::os::windows::io::AsHandle;
use std::process::{self, Command, Stdio};
use std::time::Duration;

use super::job::Job;
use super::{console, spawn, window};
use crate::{Child, Signal, wait_until};

/// How long a program may take to end that has no console any more.
const A_MOMENT: Duration = Duration::from_secs(2);

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

    /// Sends an event to all programs on the program's console. A program that has ended in the meantime takes it
    /// without complaint.
    ///
    /// # Panics
    ///
    /// When the program has no console.
    #[track_caller]
    pub fn send_signal(&self, signal: Signal) {
        // Those that it has started are on the same console.
        let others = self.target.0.processes();
        let others = others.into_iter().filter(|&other| other != self.pid());
        let pids = [self.pid()].into_iter().chain(others);
        let mut helper = Command::new(console::helper());
        console::detached(&mut helper)
            .args([console::SEND, &signal.to_string()])
            .args(pids.map(|pid| pid.to_string()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let sent = spawn(&mut helper).and_then(process::Child::wait_with_output);
        let sent = sent.unwrap_or_else(|error| panic!("the helper cannot be started: {error}"));
        // A program that is about to end may have no console any more.
        if !sent.status.success() && !self.ends_within(A_MOMENT) {
            self.fail(format_args!(
                "{signal} could not be sent: {}",
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
    pub fn close_window(&mut self) {
        if super::capability::is_wine() {
            self.send_signal(Signal::SIGHUP);
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
