//! What a program can be started with on Linux alone: namespaces by `unshare(1)`.

use super::capability::{Capability, pid_namespace};
use crate::time::wait_until;
use crate::{Child, Command, Process, Terminal};

/// What there is on Linux alone.
impl Command {
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
