//! A program that is about to be started: which, with what arguments, in what surroundings.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Once;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

use super::running::Running;
use super::terminal::Terminal;
use super::{Mask, On, Process, requirements};
use crate::ON;

/// Where a stream of the program goes.
#[derive(Debug)]
enum Output {
    Followed,
    /// To a pipe that nobody reads until the test says so.
    HeldUp,
    /// To a pipe whose reading end is closed before the program starts.
    ReaderGone,
    /// To a device that has no room: every write fails, and whoever reads is there.
    NoRoom,
    /// To another program, which reads, and is a member of the same process group, as in a shell's pipeline.
    Pipeline,
}

#[derive(Debug)]
pub struct Program {
    words: Vec<OsString>,
    blocked: SigSet,
    output: Output,
    /// Whether stderr is a pipe that is full, and that nobody reads until the test says so.
    stderr_is_clogged: bool,
    own_group: bool,
}

/// The program whose phases do what its arguments say (`tests/programs/phases.rs`), as an app of
/// what these rows are about.
pub fn phases(script: &[&str]) -> Program {
    phases_on(ON, script)
}

pub fn phases_on(on: On, script: &[&str]) -> Program {
    Program::new(env!("CARGO_BIN_EXE_phases"))
        .args(on.word().as_slice())
        .args(script)
}

/// One of the small programs that are about one thing each: of threads (`tests/programs/scenes.rs`),
/// or of tasks (`tests/programs/async_scenes.rs`).
pub fn scene(words: &[&str]) -> Program {
    let program = match ON {
        On::Threads => env!("CARGO_BIN_EXE_scenes"),
        _ => env!("CARGO_BIN_EXE_async_scenes"),
    };
    Program::new(program).args(words)
}

/// `sh -c text`, with the program that follows as `"$@"`.
pub fn shell(text: &str, program: &Program) -> Program {
    let mut shell = Program::new("sh").args(&["-c", text, "sh"]);
    shell.words.extend(program.words.iter().cloned());
    shell
}

impl Program {
    pub fn new(path: &str) -> Self {
        Self {
            words: vec![path.into()],
            blocked: SigSet::empty(),
            output: Output::Followed,
            stderr_is_clogged: false,
            own_group: false,
        }
    }

    pub fn args(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(OsString::from));
        self
    }

    /// Starts through another program that becomes this one, such as `nohup`.
    pub fn under(mut self, words: &[&str]) -> Self {
        self.words.splice(0..0, words.iter().map(OsString::from));
        self
    }

    /// Starts with this signal blocked, as a careless parent would.
    pub fn with_blocked(mut self, signal: Signal) -> Self {
        self.blocked.add(signal);
        self
    }

    /// Starts with this signal ignored.
    pub fn with_ignored(self, signal: Signal) -> Self {
        // Not a shell: some keep SIGCHLD for themselves, whatever they are told.
        let ignore = format!("--ignore-signal={}", &signal.as_str()[3..]);
        self.under(&["env", &ignore])
    }

    pub fn with_stdout_gone(mut self) -> Self {
        self.output = Output::ReaderGone;
        self
    }

    #[allow(dead_code, reason = "an example fails by it")]
    pub fn with_no_room_for_stdout(mut self) -> Self {
        self.output = Output::NoRoom;
        self
    }

    pub fn piped_into_a_reader(mut self) -> Self {
        self.output = Output::Pipeline;
        self
    }

    pub fn with_reader_held_up(mut self) -> Self {
        self.output = Output::HeldUp;
        self
    }

    pub fn with_stderr_clogged(mut self) -> Self {
        self.stderr_is_clogged = true;
        self
    }

    /// Starts in a process group of its own, as a shell with job control would: a group
    /// that is not orphaned, so that it can be stopped as by Ctrl-Z.
    pub fn in_own_group(mut self) -> Self {
        self.own_group = true;
        self
    }

    /// Starts as the leader of a session of its own, by which all that it starts can be found.
    pub fn in_own_session(self) -> Self {
        // It becomes the program itself, since what a test starts leads no group.
        self.under(&["setsid"])
    }

    fn command(&self) -> Command {
        take_no_disposition_along();
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        // What the tests were started with is none of a program's business: a backtrace takes long, and may name
        // anything a second time.
        command.env("RUST_BACKTRACE", "0");
        if self.own_group {
            command.process_group(0);
        }
        command
    }

    /// A child inherits the mask of the thread that starts it.
    fn masked<T>(&self, start: impl FnOnce() -> T) -> T {
        let mut before = SigSet::thread_get_mask().expect("the mask can be read");
        self.blocked.thread_block().expect("signals can be blocked");
        let started = start();
        before.thread_set_mask().expect("the mask can be restored");
        before.clear();
        started
    }

    pub fn spawn(self) -> Running {
        let mut command = self.command();
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut reader = None;
        match self.output {
            Output::Followed | Output::HeldUp => command.stdout(Stdio::piped()),
            Output::NoRoom => {
                let full = File::options().write(true).open("/dev/full");
                command.stdout(full.expect("there is such a device"))
            }
            Output::Pipeline => {
                let mut cat = reads_to_the_end();
                let stdin = cat.stdin.take().expect("its stdin is a pipe");
                let group = i32::try_from(cat.id()).expect("a pid fits");
                reader = Some(cat);
                command.stdout(stdin).process_group(group)
            }
            Output::ReaderGone => {
                let (reader, writer) = io::pipe().expect("there are pipes");
                drop(reader);
                command.stdout(writer)
            }
        };
        let mut clogged = None;
        if self.stderr_is_clogged {
            let (reader, writer) = full_pipe().expect("there are pipes");
            command.stderr(writer);
            clogged = Some(reader);
        }
        let mut child = self
            .masked(|| command.spawn())
            .expect("the program can be started");
        let held_up = match self.output {
            Output::HeldUp => child.stdout.take(),
            _ => None,
        };
        Running::new(child, held_up)
            .with_clogged_stderr(clogged)
            .with_reader(reader)
    }

    /// Starts as the leader of a session on a terminal of its own, which is its stdin,
    /// stdout and stderr.
    pub fn spawn_on_terminal(self) -> (Running, Terminal) {
        let (terminal, slave) = Terminal::open();
        let program = self.under(&["setsid", "--ctty"]);
        let end = |file: &File| Stdio::from(file.try_clone().expect("descriptors are left"));
        let child = program
            .command()
            .stdin(end(&slave))
            .stdout(end(&slave))
            .stderr(end(&slave))
            .spawn()
            .expect("setsid can be started");
        (Running::new(child, None), terminal)
    }

    /// Starts as PID 1 of a new PID namespace.
    pub fn spawn_as_pid_1(self) -> Running {
        let namespace = requirements::pid_namespace().expect("asked for before");
        let mut running = self.under(namespace).spawn();
        // `unshare` itself ends as its child did.
        super::until("unshare has a child", || {
            match Process::of(running.pid()).only_child() {
                Some(child) => {
                    running.aim_at(child);
                    true
                }
                None => false,
            }
        });
        running
    }
}

/// The end of a pipeline, which leads its group.
fn reads_to_the_end() -> Child {
    let mut cat = Command::new("cat");
    cat.stdin(Stdio::piped()).stdout(Stdio::null());
    cat.process_group(0).spawn().expect("cat can be started")
}

/// A pipe that takes nothing more until somebody reads: the next write waits.
fn full_pipe() -> io::Result<(PipeReader, PipeWriter)> {
    let (reader, mut writer) = io::pipe()?;
    let flags = OFlag::from_bits_retain(fcntl(&writer, FcntlArg::F_GETFL)?);
    fcntl(&writer, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    // Single bytes at the end, so that not one is left free.
    for size in [4096, 1] {
        while writer.write(&vec![b'.'; size]).is_ok() {}
    }
    fcntl(&writer, FcntlArg::F_SETFL(flags))?;
    Ok((reader, writer))
}

/// What a program sees that is started in the same way: its blocked and ignored signals.
/// Tests use it to see that the surroundings which they ask for are really there.
pub fn cat_status(surroundings: impl FnOnce(Program) -> Program) -> (Mask, Mask) {
    let ending = surroundings(Program::new("cat").args(&["/proc/self/status"]))
        .spawn()
        .finish();
    ending.exited(0);
    let lines = ending.stdout();
    (
        Mask::in_lines(&lines, "SigBlk"),
        Mask::in_lines(&lines, "SigIgn"),
    )
}

/// Programs are to start with what they would have at a terminal, also where the tests themselves
/// were started in the background of a script, or by `nohup`: an ignored signal is inherited.
fn take_no_disposition_along() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for ignored in [
            Signal::SIGHUP,
            Signal::SIGINT,
            Signal::SIGQUIT,
            Signal::SIGTERM,
        ] {
            #[allow(unsafe_code, reason = "there is no safe way to change a disposition")]
            // SAFETY: no handler is installed, and none was: only a test runner that was
            // started with the signal ignored is changed by this.
            let before = unsafe { signal(ignored, SigHandler::SigDfl) };
            before.expect("these signals have dispositions");
        }
    });
}
