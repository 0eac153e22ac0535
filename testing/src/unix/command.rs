//! What a program can be started with on Unix: ignored and blocked signals, groups, shells.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{self, Stdio};

use nix::sys::signal::{SigSet, Signal};

use super::dispositions::{default_signals, set_signals};
use super::setsid::{Begins, set_session};
use crate::linux::{Without, refuse};
use crate::{Child, Command, Terminal};

/// The signals, the process group and the session that a program begins with.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    ignored: SigSet,
    blocked: SigSet,
    leads_group: bool,
    session: Begins,
    /// Its standard output goes to another program, which reads, and leads the process group, as in a shell's pipeline.
    is_in_pipeline: bool,
    /// What the kernel refuses to it.
    pub(crate) without: Vec<Without>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            ignored: SigSet::empty(),
            blocked: SigSet::empty(),
            leads_group: false,
            session: Begins::InOurs,
            is_in_pipeline: false,
            without: Vec::new(),
        }
    }
}

pub(crate) fn spawn(command: &mut process::Command) -> io::Result<process::Child> {
    command.spawn()
}

impl Surroundings {
    pub(crate) fn apply_to(&self, command: &mut process::Command) {
        // Who leads a session leads its group as well, and who led a group could not begin a session.
        if self.leads_group && self.session == Begins::InOurs {
            command.process_group(0);
        }
        set_session(command, self.session);
        set_signals(command, self.ignored, self.blocked);
        refuse(command, &self.without);
    }

    /// In a pipeline, starts who reads, and has the command's standard output go there.
    pub(crate) fn start_reader(&self, command: &mut process::Command) -> Option<process::Child> {
        if !self.is_in_pipeline {
            return None;
        }
        let mut cat = process::Command::new("cat");
        cat.stdin(Stdio::piped()).stdout(Stdio::null());
        default_signals(&mut cat);
        let mut cat = cat.process_group(0).spawn().expect("cat can be started");
        command.stdout(cat.stdin.take().expect("its stdin is a pipe"));
        command.process_group(i32::try_from(cat.id()).expect("a pid fits"));
        Some(cat)
    }
}

/// What there is on Unix alone.
impl Command {
    /// Starts `sh -c script` with the command as its arguments: the script runs the command by `"$@"`.
    pub fn in_shell(self, script: &str) -> Self {
        self.wrapper(["sh", "-c", script, "sh"])
    }

    /// Starts with this signal blocked, as a careless parent would.
    pub fn block_signal(mut self, signal: Signal) -> Self {
        self.surroundings.blocked.add(signal);
        self
    }

    /// Starts with this signal ignored, as `nohup` and the background of a script do. A wrapper has it ignored, too.
    pub fn ignore_signal(mut self, signal: Signal) -> Self {
        self.surroundings.ignored.add(signal);
        self
    }

    /// Starts as the first half of `command | cat >/dev/null`. Both are in one process group, as in a shell's pipeline,
    /// and [`send_signal_to_group`](crate::Child::send_signal_to_group) reaches both, as a Ctrl-C does. The test does
    /// not read standard output.
    ///
    /// The group is the reader's, so [`in_new_process_group`](crate::Command::in_new_process_group) changes nothing
    /// then.
    pub fn in_pipeline(mut self) -> Self {
        self.surroundings.is_in_pipeline = true;
        self
    }

    /// Starts in a process group of its own, as a shell with job control does. So a signal can be sent to all of the
    /// group, and the program can be stopped as by Ctrl-Z.
    pub fn in_new_process_group(mut self) -> Self {
        self.surroundings.leads_group = true;
        self
    }

    /// Starts as the leader of a session of its own, and so of a new process group, by which all that it starts can be
    /// found: [`Session::of`](crate::Session::of) its number.
    pub fn in_new_session(mut self) -> Self {
        self.surroundings.session = Begins::InNew;
        self
    }

    /// Starts the program as the leader of a session on a terminal of its own, which is its standard input, output and
    /// error, whatever [`Command::stdout`] and [`Command::stderr`] have said.
    ///
    /// # Panics
    ///
    /// When it cannot be started, or there are no more terminals.
    #[track_caller]
    #[must_use = "a child that is dropped is killed, and a terminal that is dropped is closed"]
    pub fn spawn_on_terminal(mut self) -> (Child, Terminal) {
        let (terminal, slave) = Terminal::open(self.timeout);
        self.surroundings.session = Begins::OnTerminal;
        let mut started = self.command();
        let end = |file: &File| Stdio::from(file.try_clone().expect("descriptors are left"));
        started
            .stdin(end(&slave))
            .stdout(end(&slave))
            .stderr(end(&slave));
        let child = self.start(started);
        (Child::new(child, None, self.timeout), terminal)
    }
}
