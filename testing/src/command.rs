//! How a program is started: its words, its surroundings, its streams.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{self, Stdio};
use std::time::Duration;

#[cfg(unix)]
use crate::linux::everywhere;
use crate::system::{self, Surroundings};
use crate::time::DEFAULT_TIMEOUT;
use crate::{Child, Sink, Stream};

/// A program that is about to be started: which one, with what arguments, and in what surroundings.
///
/// Without more, the program gets a pipe as its standard input, the test reads its standard output and standard error,
/// and it is in the test's process group and session. The environment is the test's, but for `RUST_BACKTRACE`, which is
/// 0: a backtrace takes long, and may name in standard error what a test looks for there.
///
/// On Unix every signal has its default action and none is blocked, also where the tests run under `nohup` or in the
/// background of a script, which would hand ignored signals on. On Windows the program has a console of its own,
/// without a window, and hears of Ctrl-C, whatever the test has inherited.
///
/// ```
/// # #[cfg(unix)] {
/// use aplomb_testing::{Command, Signal};
///
/// let mut cat = Command::new("cat")
///     .ignore_signal(Signal::SIGHUP)
///     .spawn();
/// cat.send_line("hello");
/// cat.expect("hello");
/// cat.send_signal(Signal::SIGHUP);
/// cat.close_stdin();
/// cat.wait().assert_code(0).assert_stdout(&["hello"]);
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a command does nothing until it is spawned"]
pub struct Command {
    pub(crate) words: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    current_dir: Option<PathBuf>,
    stdout: Sink,
    stderr: Sink,
    pub(crate) surroundings: Surroundings,
    pub(crate) timeout: Duration,
}

impl Command {
    /// The program at this path, or of this name on `PATH`.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let command = Self {
            words: vec![program.as_ref().to_owned()],
            env: Vec::new(),
            current_dir: None,
            stdout: Sink::Captured,
            stderr: Sink::Captured,
            surroundings: Surroundings::default(),
            timeout: DEFAULT_TIMEOUT,
        };
        #[cfg(unix)]
        let command = everywhere().into_iter().fold(command, Self::without);
        command
    }

    /// Adds an argument.
    pub fn arg(self, argument: impl AsRef<OsStr>) -> Self {
        self.args([argument])
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        let arguments = arguments.into_iter();
        self.words
            .extend(arguments.map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let variable = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.env.push(variable);
        self
    }

    /// Starts in this folder.
    pub fn current_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.current_dir = Some(folder.into());
        self
    }

    /// Starts through another program, such as `nohup` or `strace -o FILE`, which gets the command as its last
    /// arguments.
    ///
    /// Signals go to that program, and its exit status is what is seen, so it should become the command, as `nohup`
    /// does.
    pub fn wrapper(mut self, words: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        let words = words.into_iter();
        self.words
            .splice(0..0, words.map(|word| word.as_ref().to_owned()));
        self
    }

    /// Says where standard output goes.
    pub fn stdout(mut self, sink: Sink) -> Self {
        self.stdout = sink;
        self
    }

    /// Says where standard error goes.
    pub fn stderr(mut self, sink: Sink) -> Self {
        self.stderr = sink;
        self
    }

    /// Sets how long any one wait for this program may take, before the test fails. Without it this is
    /// [`DEFAULT_TIMEOUT`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Starts the program.
    ///
    /// # Panics
    ///
    /// When it cannot be started, such as when there is no such program.
    #[track_caller]
    pub fn spawn(self) -> Child {
        let mut command = self.command();
        let (stdout, stdout_source) = self.stdout.open().expect("there are pipes");
        let (stderr, stderr_source) = self.stderr.open().expect("there are pipes");
        command.stdin(Stdio::piped()).stdout(stdout).stderr(stderr);
        // Standard output goes elsewhere in a pipeline, whatever was said.
        let reader = self.surroundings.start_reader(&mut command);
        let child = self.start(command);
        let mut child = Child::new(child, reader, self.timeout);
        child.add_source(Stream::Stdout, stdout_source);
        child.add_source(Stream::Stderr, stderr_source);
        child
    }

    pub(crate) fn command(&self) -> process::Command {
        let mut command = process::Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        command.env("RUST_BACKTRACE", "0");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.current_dir {
            command.current_dir(folder);
        }
        self.surroundings.apply_to(&mut command);
        command
    }

    /// Takes the command, since our ends of the streams that go to the program are closed with it.
    #[track_caller]
    pub(crate) fn start(&self, mut command: process::Command) -> process::Child {
        let started = system::spawn(&mut command);
        started.unwrap_or_else(|error| {
            panic!("{} cannot be started: {error}", self.words[0].display())
        })
    }
}
