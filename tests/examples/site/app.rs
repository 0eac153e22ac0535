//! The program, and what is left when it has ended.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::ops::{Deref, DerefMut};

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::scripts::NOT_READY;
use crate::support::{
    Ending, Program, Running, Task, left_in_session, nothing_is_left_of, until, zombies_of,
};

/// The program, in a session of its own.
pub struct App {
    running: Running,
    pub leader: Pid,
}

impl App {
    pub fn spawn(program: Program) -> App {
        App::of(program.in_own_session().spawn())
    }

    /// One that is the leader of a session already.
    pub fn of(running: Running) -> App {
        let leader = running.pid();
        App { running, leader }
    }

    /// Starts it, and waits until it is up.
    pub fn start(program: Program) -> (App, SocketAddr) {
        let mut app = App::spawn(program);
        let address = app.is_up();
        (app, address)
    }

    /// Waits until it is up, and returns where.
    #[track_caller]
    pub fn is_up(&mut self) -> SocketAddr {
        let address = loop {
            if let Some(address) = address_in(&self.expect_after("")) {
                break address;
            }
        };
        // The tool has ended.
        self.reaps();
        address
    }

    /// The process of the server, or of the tool: the one with this on its command line.
    #[track_caller]
    pub fn child(&self, word: &str) -> Pid {
        let has = |pid: i32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(word)
        };
        let mut children = left_in_session(self.leader);
        children.retain(|child| child.parent == self.leader.as_raw() && has(child.pid));
        let [child] = &children[..] else {
            panic!("one child with {word} was due: {children:?}");
        };
        Pid::from_raw(child.pid)
    }

    /// What has ended is reaped at once: it is seen as a zombie for a moment at the most.
    #[track_caller]
    pub fn reaps(&self) {
        until("there is no zombie", || zombies_of(self.leader).is_empty());
    }

    /// Waits for the end; nothing is left of it then.
    #[track_caller]
    pub fn finish(self) -> Ending {
        let leader = self.leader;
        let ending = self.running.finish();
        nothing_is_left_of(leader);
        port_is_free(&ending);
        ending
    }

    /// The same for one that was ended by force: the kernel ends its children when it is gone, and
    /// whoever has inherited them reaps them.
    #[track_caller]
    pub fn finish_by_force(self) -> Ending {
        let leader = self.leader;
        let ending = self.running.finish();
        until("nothing is left", || left_in_session(leader).is_empty());
        port_is_free(&ending);
        ending
    }

    /// Sends the first signal, and returns when it was accepted. Of two that are pending at the same time the kernel
    /// may have the handler called for the later one first.
    #[track_caller]
    pub fn accepts(&self, signal: Signal) {
        self.signal(signal);
        let process = self.process();
        until("it is delivered", || {
            !process.mask("ShdPnd").contains(signal)
        });
        // The thread that takes signals has to wake for one, and sleeps again when it has told all others.
        let listens = |task: &Task| task.tid == self.leader.as_raw() && task.state == 'S';
        until("it is accepted", || {
            self.has_ended() || process.tasks().iter().any(listens)
        });
    }

    /// Asks it to stop, and waits for that.
    #[track_caller]
    pub fn finish_by(self, signal: Signal) -> Ending {
        self.signal(signal);
        let ending = self.finish();
        ending.died_by(signal).once("stopped");
        nothing_failed(&ending);
        ending
    }
}

/// Checks that it complains of nothing. On a busy machine a build, or the end, takes long enough to be named.
#[track_caller]
pub fn nothing_failed(ending: &Ending) {
    let is_named = |line: &String| line.starts_with("aplomb: waiting for ") || line == NOT_READY;
    let lines = ending.stderr();
    ending.check(lines.iter().all(is_named), "nothing was to fail");
}

/// Where the site is, if this line says it.
fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, address) = line.split_once(" is at http://")?;
    Some(address.parse().expect("an address"))
}

#[track_caller]
fn port_is_free(ending: &Ending) {
    for address in ending.stdout().iter().filter_map(|line| address_in(line)) {
        let free = TcpListener::bind(address);
        ending.check(free.is_ok(), "its port was to be free");
    }
}

impl Deref for App {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl DerefMut for App {
    fn deref_mut(&mut self) -> &mut Running {
        &mut self.running
    }
}
