//! How a child is started, and how it is asked to end.

use std::path::Path;
use std::time::Duration;

use crate::signal::SIGTERM;

/// What happens to a child when the app shuts down, before the exit ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OnShutdown {
    /// Nothing happens. The child goes on until the program [stops](super::ChildHandle::stop) it, or until the exit.
    #[default]
    Ignore,
    /// The child is asked to end when `run` is cancelled: after the drain, where the app has one.
    AtCancel,
    /// The child is asked to end when the shutdown is requested: before a drain has passed.
    AtRequest,
}

/// How a child is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopSignal {
    /// This signal goes to all processes of the child's group. The numbers are those of [`signal`](crate::signal).
    /// SIGCONT follows the signal, so that a process that is stopped acts on it.
    Signal(i32),
    /// The child's standard input ends. The input is a pipe that is held open until then, and for nothing else. When
    /// this process ends the input ends, too, on every system.
    EndOfInput,
}

impl Default for StopSignal {
    /// Returns SIGTERM as the stop signal.
    fn default() -> Self {
        StopSignal::Signal(SIGTERM)
    }
}

/// How a child is started: what [`spawn`](super::spawn) does, with other choices.
///
/// ```ignore-windows
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
    pub(super) ready_within: Option<Duration>,
    pub(super) creation_flags: u32,
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
            ready_within: None,
            creation_flags: 0,
        }
    }
}

impl SpawnOptions {
    /// The options of [`spawn`](super::spawn): a group of its own, [`OnShutdown::Ignore`], SIGTERM as the stop signal,
    /// and ten seconds of grace.
    pub fn new() -> Self {
        SpawnOptions::default()
    }

    /// Sets the child's name in reasons, errors and on standard error. Without this call the name is the program's file
    /// name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Leaves the child in the process group of this process. This is for editors, pagers and all others that talk to
    /// the terminal: a background group cannot read from it (SIGTTIN, `termios(3)`). The terminal's Ctrl-C then reaches
    /// the child as it reaches this process. Signals of ours go to the child alone, and not to the group.
    pub fn foreground(mut self) -> Self {
        self.foreground = true;
        self
    }

    /// Sets what happens to the child at the shutdown. Without this call it is [`OnShutdown::Ignore`].
    pub fn on_shutdown(mut self, on_shutdown: OnShutdown) -> Self {
        self.on_shutdown = on_shutdown;
        self
    }

    /// Sets how the child is asked to end. Without this call it is asked by SIGTERM.
    pub fn stop_signal(mut self, stop_signal: StopSignal) -> Self {
        self.stop_signal = stop_signal;
        self
    }

    /// Sets how long a child may take to end after it was asked to. Then it is killed, with its group; earlier, where a
    /// deadline of the app leaves less time. Without this call the grace is ten seconds.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The app cannot do without the child. If the child ends without having been asked to, that requests the shutdown,
    /// and the reason names the child. Where it has not ended with success this is a failure: it is printed, and the
    /// exit status is 1.
    ///
    /// The app is told before anybody who waits for the child. So such a wait ends by the cancellation, where that
    /// follows the request at once and the wait is not inside a shield; [`try_wait`](super::ChildHandle::try_wait) has
    /// the status.
    pub fn essential(mut self) -> Self {
        self.essential = true;
        self
    }

    /// The child goes on when this process has ended, however that ends.
    pub fn outlives_us(mut self) -> Self {
        self.outlives = true;
        self
    }

    /// Has [`spawn`](Self::spawn) wait until the child has said that it is [ready](super::ready), for this long at the
    /// most, from the call on. A child that has not is killed, with its group.
    ///
    /// A program in Rust calls [`process::ready`](super::ready()). Any other writes to the descriptor whose number is
    /// in `APLOMB_READY_FD`; a shell does it by
    ///
    /// ```sh
    /// echo > /dev/fd/$APLOMB_READY_FD
    /// ```
    ///
    /// The descriptor is the child's alone, and goes on to the program that the child becomes by exec, and to what the
    /// child starts itself: so a script may leave it to the program that it starts. What comes after the first word
    /// does not matter.
    ///
    /// On Windows there is an event in place of a descriptor, whose name is in `APLOMB_READY_EVENT`. PowerShell does it
    /// by
    ///
    /// ```powershell
    /// [Threading.EventWaitHandle]::OpenExisting($env:APLOMB_READY_EVENT).Set()
    /// ```
    ///
    /// ```ignore-windows
    /// use aplomb::process::SpawnOptions;
    /// use std::{process::Command, time::Duration};
    ///
    /// let script = "echo > /dev/fd/$APLOMB_READY_FD; exec sleep 1000";
    /// let child = SpawnOptions::new()
    ///     .ready_within(Duration::from_secs(10))
    ///     .spawn(Command::new("sh").args(["-c", script]))?;
    /// // The child is ready here.
    /// child.stop()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn ready_within(mut self, limit: Duration) -> Self {
        self.ready_within = Some(limit);
        self
    }

    /// Sets what else the child's process is made with: the flags of `CreateProcessW`, such as `CREATE_NO_WINDOW`. On
    /// Windows alone.
    ///
    /// Those that the command has by
    /// [`CommandExt::creation_flags`](std::os::windows::process::CommandExt::creation_flags) do not count, and are
    /// these when the child was started: the child is started with flags of ours beside these, and nobody can ask a
    /// command for its own. A child with a console of its own, or with none, cannot be sent Ctrl-Break: it is told by
    /// the [end of its input](StopSignal::EndOfInput). `CREATE_SUSPENDED` has no effect.
    #[cfg(windows)]
    pub fn creation_flags(mut self, flags: u32) -> Self {
        self.creation_flags = flags;
        self
    }

    /// Returns the name of a child that this program is started for.
    pub(super) fn name_of(&self, program: &Path) -> String {
        const LONGEST: usize = 100;
        let of_file = || {
            let name = program.file_name().unwrap_or(program.as_os_str());
            name.to_string_lossy().into_owned()
        };
        let name = self.name.clone().unwrap_or_else(of_file);
        // The name stands in lines on a terminal.
        let plain = |letter: char| if letter.is_control() { '?' } else { letter };
        name.chars().map(plain).take(LONGEST).collect()
    }
}
