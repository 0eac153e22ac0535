//! How a program is started: its words, its surroundings, its streams.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{self, Stdio};
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal};

use crate::capability::{Capability, pid_namespace};
use crate::dispositions::{default_signals, set_signals};
use crate::sink::Source;
use crate::time::{DEFAULT_TIMEOUT, wait_until};
use crate::{Child, Process, Sink, Stream, Terminal};

/// A program that is about to be started: which one, with what arguments, and in what surroundings.
///
/// Without more, the program gets a pipe as its standard input, the test reads its standard output and standard error,
/// and it is in the test's process group and session. The environment is the test's, but for `RUST_BACKTRACE`, which is
/// 0: a backtrace takes long, and may name in standard error what a test looks for there.
///
/// Every signal has its default action and none is blocked, also where the tests run under `nohup` or in the background of
/// a script, which would hand ignored signals on.
///
/// ```
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
/// ```
#[derive(Clone, Debug)]
#[must_use = "a command does nothing until it is spawned"]
pub struct Command {
    words: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    current_dir: Option<PathBuf>,
    ignored: SigSet,
    blocked: SigSet,
    stdout: Stdout,
    stderr: Sink,
    new_process_group: bool,
    timeout: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Stdout {
    Sink(Sink),
    /// To another program, which reads, and leads the process group, as in a shell's pipeline.
    Pipeline,
}

impl Command {
    /// The program at this path, or of this name on `PATH`.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            words: vec![program.as_ref().to_owned()],
            env: Vec::new(),
            current_dir: None,
            ignored: SigSet::empty(),
            blocked: SigSet::empty(),
            stdout: Stdout::Sink(Sink::Captured),
            stderr: Sink::Captured,
            new_process_group: false,
            timeout: DEFAULT_TIMEOUT,
        }
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

    /// Starts through another program, such as `nohup` or `strace -o FILE`, which gets the command as its last arguments.
    ///
    /// Signals go to that program, and its exit status is what is seen, so it should become the command, as `nohup` does.
    pub fn wrapper(mut self, words: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        let words = words.into_iter();
        self.words
            .splice(0..0, words.map(|word| word.as_ref().to_owned()));
        self
    }

    /// Starts `sh -c script` with the command as its arguments: the script runs the command by `"$@"`.
    pub fn in_shell(self, script: &str) -> Self {
        self.wrapper(["sh", "-c", script, "sh"])
    }

    /// Starts with this signal blocked, as a careless parent would.
    pub fn block_signal(mut self, signal: Signal) -> Self {
        self.blocked.add(signal);
        self
    }

    /// Starts with this signal ignored, as `nohup` and the background of a script do. A wrapper has it ignored, too.
    pub fn ignore_signal(mut self, signal: Signal) -> Self {
        self.ignored.add(signal);
        self
    }

    /// Says where standard output goes.
    pub fn stdout(mut self, sink: Sink) -> Self {
        self.stdout = Stdout::Sink(sink);
        self
    }

    /// Says where standard error goes.
    pub fn stderr(mut self, sink: Sink) -> Self {
        self.stderr = sink;
        self
    }

    /// Starts as the first half of `command | cat >/dev/null`. Both are in one process group, as in a shell's pipeline,
    /// and [`Child::send_signal_to_group`] reaches both, as a Ctrl-C does. The test does not read standard output.
    ///
    /// The group is the reader's, so [`Command::in_new_process_group`] changes nothing then.
    pub fn in_pipeline(mut self) -> Self {
        self.stdout = Stdout::Pipeline;
        self
    }

    /// Starts in a process group of its own, as a shell with job control does. So a signal can be sent to all of the
    /// group, and the program can be stopped as by Ctrl-Z.
    pub fn in_new_process_group(mut self) -> Self {
        self.new_process_group = true;
        self
    }

    /// Starts as the leader of a session of its own, by which all that it starts can be found:
    /// [`Session::of`](crate::Session::of) its number.
    ///
    /// A session has a new process group as well. A command that has [`Command::in_new_process_group`] too is started
    /// by `setsid` as its child, and does not get the test's signals.
    pub fn in_new_session(self) -> Self {
        // `setsid` becomes the program itself, since what a test starts leads no group.
        self.wrapper(["setsid"])
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
        let mut reader = None;
        let (stdout, stdout_source) = match self.stdout {
            Stdout::Sink(sink) => sink.open().expect("there are pipes"),
            Stdout::Pipeline => {
                let mut cat = start_reader();
                let stdin = cat.stdin.take().expect("its stdin is a pipe");
                command.process_group(i32::try_from(cat.id()).expect("a pid fits"));
                reader = Some(cat);
                (stdin.into(), Source::Nothing)
            }
        };
        let (stderr, stderr_source) = self.stderr.open().expect("there are pipes");
        command.stdin(Stdio::piped()).stdout(stdout).stderr(stderr);
        let child = self.start(command);
        let mut child = Child::new(child, reader, self.timeout);
        child.add_source(Stream::Stdout, stdout_source);
        child.add_source(Stream::Stderr, stderr_source);
        child
    }

    /// Starts the program as the leader of a session on a terminal of its own, which is its standard input, output and
    /// error, whatever [`Command::stdout`] and [`Command::stderr`] have said.
    ///
    /// # Panics
    ///
    /// When `setsid(1)` cannot be started, or there are no more terminals. A program that cannot be started is an exit
    /// of `setsid`.
    #[track_caller]
    #[must_use = "a child that is dropped is killed, and a terminal that is dropped is closed"]
    pub fn spawn_on_terminal(self) -> (Child, Terminal) {
        let (terminal, slave) = Terminal::open(self.timeout);
        let command = self.wrapper(["setsid", "--ctty"]);
        let end = |file: &File| Stdio::from(file.try_clone().expect("descriptors are left"));
        let mut started = command.command();
        started
            .stdin(end(&slave))
            .stdout(end(&slave))
            .stderr(end(&slave));
        let child = command.start(started);
        (Child::new(child, None, command.timeout), terminal)
    }

    /// Starts the program as PID 1 of a new PID namespace, as the first program of a container is. Signals go to it.
    ///
    /// The exit status is that of `unshare(1)`: when a signal has ended the program, it is 128 and the signal's number.
    ///
    /// # Panics
    ///
    /// When the machine does not allow it; [`Capability::PidNamespace`] says whether it does.
    #[track_caller]
    pub fn spawn_as_pid_1(self) -> Child {
        let mut child = self.in_pid_namespace().spawn();
        target_first_child(&mut child);
        child
    }

    /// Starts the program as PID 1 of a new PID namespace, as [`Command::spawn_as_pid_1`] does, on a terminal of its
    /// own, as [`Command::spawn_on_terminal`] does.
    ///
    /// # Panics
    ///
    /// As these two do.
    #[track_caller]
    #[must_use = "a child that is dropped is killed, and a terminal that is dropped is closed"]
    pub fn spawn_as_pid_1_on_terminal(self) -> (Child, Terminal) {
        let (mut child, terminal) = self.in_pid_namespace().spawn_on_terminal();
        target_first_child(&mut child);
        (child, terminal)
    }

    #[track_caller]
    fn in_pid_namespace(self) -> Self {
        let Some(namespace) = pid_namespace() else {
            panic!("it needs {}", Capability::PidNamespace);
        };
        self.wrapper(namespace)
    }

    fn command(&self) -> process::Command {
        let mut command = process::Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        command.env("RUST_BACKTRACE", "0");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.current_dir {
            command.current_dir(folder);
        }
        if self.new_process_group {
            command.process_group(0);
        }
        set_signals(&mut command, self.ignored, self.blocked);
        command
    }

    /// Takes the command, since our ends of the streams that go to the program are closed with it.
    #[track_caller]
    fn start(&self, mut command: process::Command) -> process::Child {
        let started = command.spawn();
        started.unwrap_or_else(|error| panic!("{:?} cannot be started: {error}", self.words[0]))
    }
}

/// Has signals go to the one process that `unshare` has started.
#[track_caller]
fn target_first_child(child: &mut Child) {
    wait_until("unshare has a child", || {
        match Process::of(child.pid()).children()[..] {
            [pid] => {
                child.set_target(pid);
                true
            }
            _ => false,
        }
    });
}

/// The end of a pipeline, which leads its group.
fn start_reader() -> process::Child {
    let mut cat = process::Command::new("cat");
    cat.stdin(Stdio::piped()).stdout(Stdio::null());
    default_signals(&mut cat);
    cat.process_group(0).spawn().expect("cat can be started")
}
