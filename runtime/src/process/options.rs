//! How a child is started, and how it is told to end.

use std::path::Path;
use std::time::Duration;

use crate::signal::SIGTERM;

/// What happens to a child when the shutdown is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OnShutdown {
    /// Nothing: it goes on until the program [stops](super::Child::stop) it, or until the exit.
    #[default]
    Ignore,
    /// It is told to end when `run` is cancelled: after the drain, where the app has one.
    AtCancel,
    /// It is told to end at the request, before a drain has passed.
    AtRequest,
}

/// How a child is told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopSignal {
    /// By this signal, to all processes of its group; numbers as in [`signal`](crate::signal). SIGCONT follows it, so
    /// that one that is stopped hears of it.
    Signal(i32),
    /// By the end of its standard input, which is a pipe that is held open until then, for nothing else. It ends with this process,
    /// too, on every system.
    EndOfInput,
}

impl Default for StopSignal {
    /// By SIGTERM.
    fn default() -> Self {
        StopSignal::Signal(SIGTERM)
    }
}

/// How a child is started: what [`spawn`](super::spawn) does, with other choices.
///
/// ```
/// use aplomb::process::{OnShutdown, SpawnOptions, StopSignal};
/// use std::{process::Command, time::Duration};
///
/// let worker = SpawnOptions::new()
///     .name("worker 1")
///     .on_shutdown(OnShutdown::AtCancel)
///     .stop_signal(StopSignal::EndOfInput)
///     .grace(Duration::from_secs(2))
///     .spawn(Command::new("cat"))?;
/// assert!(worker.stop()?.success());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is started until `spawn` is called"]
pub struct SpawnOptions {
    pub(super) name: Option<String>,
    pub(super) foreground: bool,
    pub(super) on_shutdown: OnShutdown,
    pub(super) stop_signal: StopSignal,
    pub(super) grace: Duration,
    pub(super) essential: bool,
    pub(super) outlives: bool,
}

impl Default for SpawnOptions {
    fn default() -> Self {
        SpawnOptions {
            name: None,
            foreground: false,
            on_shutdown: OnShutdown::default(),
            stop_signal: StopSignal::default(),
            grace: Duration::from_secs(10),
            essential: false,
            outlives: false,
        }
    }
}

impl SpawnOptions {
    /// What [`spawn`](super::spawn) has: a group of its own, left alone at the request, told by SIGTERM, ten
    /// seconds of grace.
    pub fn new() -> Self {
        SpawnOptions::default()
    }

    /// What it is called in reasons, errors and on standard error; the program's file name, where this is not called.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Leaves it in the process group of this process: for editors, pagers and whatever else talks to the terminal, which a
    /// background group cannot read from (SIGTTIN, `termios(3)`). The terminal's Ctrl-C reaches it then as it does this process.
    /// It alone is signalled, not the group.
    pub fn foreground(mut self) -> Self {
        self.foreground = true;
        self
    }

    /// What happens to it at the request; [`OnShutdown::Ignore`] where this is not called.
    pub fn on_shutdown(mut self, on_shutdown: OnShutdown) -> Self {
        self.on_shutdown = on_shutdown;
        self
    }

    /// How it is told to end; by SIGTERM where this is not called.
    pub fn stop_signal(mut self, stop_signal: StopSignal) -> Self {
        self.stop_signal = stop_signal;
        self
    }

    /// How long after it was told to end it is killed, with its group; ten seconds where this is not called. Earlier, where a deadline
    /// of the app leaves less.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The app cannot do without it: its end, unless it was told to, asks for the shutdown. The reason names it; where it
    /// did not end with success that is a failure, which is printed, and the exit status is 1.
    pub fn essential(mut self) -> Self {
        self.essential = true;
        self
    }

    /// It goes on when this process has ended, however that ends.
    pub fn outlives_us(mut self) -> Self {
        self.outlives = true;
        self
    }

    /// What it is called.
    pub(super) fn name_of(&self, program: &Path) -> String {
        const LONGEST: usize = 100;
        let of_file = || {
            let name = program.file_name().unwrap_or(program.as_os_str());
            name.to_string_lossy().into_owned()
        };
        let name = self.name.clone().unwrap_or_else(of_file);
        // It stands in lines on a terminal.
        let plain = |letter: char| if letter.is_control() { '?' } else { letter };
        name.chars().map(plain).take(LONGEST).collect()
    }
}
