//! What a program can be started with on Linux alone: sessions and terminals by `setsid(1)`, namespaces by `unshare(1)`.

use std::fs::File;
use std::process::Stdio;

use super::Process;
use super::capability::{Capability, pid_namespace};
use crate::time::wait_until;
use crate::{Child, Command, Terminal};

/// What there is on Linux alone.
impl Command {
    /// Starts as the leader of a session of its own, by which all that it starts can be found:
    /// [`Session::of`](crate::Session::of) its number.
    ///
    /// A session has a new process group as well. A command that has [`Command::in_new_process_group`] too is started
    /// by `setsid` as its child, and does not get the test's signals.
    pub fn in_new_session(self) -> Self {
        // `setsid` becomes the program itself, since what a test starts leads no group.
        self.wrapper(["setsid"])
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
