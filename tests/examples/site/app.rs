//! The program, and what is left when it has ended.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::ops::{Deref, DerefMut};

use aplomb_testing::{Child, Command, Output, Process, Session, SignalField, Thread, wait_until};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::scripts::NOT_READY;

/// The program, in a session of its own.
pub struct App {
    running: Child,
    pub leader: Pid,
}

impl App {
    pub fn spawn(program: Command) -> App {
        App::of(program.in_new_session().spawn())
    }

    /// One that is the leader of a session already.
    pub fn of(running: Child) -> App {
        let leader = running.pid();
        App { running, leader }
    }

    /// Starts it, and waits until it is up.
    pub fn start(program: Command) -> (App, SocketAddr) {
        let mut app = App::spawn(program);
        let address = app.is_up();
        (app, address)
    }

    /// Waits until it is up, and returns where.
    #[track_caller]
    pub fn is_up(&mut self) -> SocketAddr {
        let address = loop {
            if let Some(address) = address_in(&self.expect_prefix("")) {
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
        let has = |pid: Pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(word)
        };
        let mut children = Session::of(self.leader).others();
        children.retain(|child| child.parent == self.leader && has(child.pid));
        let [child] = &children[..] else {
            panic!("one child with {word} was due: {children:?}");
        };
        child.pid
    }

    /// What has ended is reaped at once: it is seen as a zombie for a moment at the most.
    #[track_caller]
    pub fn reaps(&self) {
        wait_until("there is no zombie", || {
            Process::of(self.leader).zombie_children().is_empty()
        });
    }

    /// Waits for the end; nothing is left of it then.
    #[track_caller]
    pub fn wait(self) -> Output {
        let leader = self.leader;
        let output = self.running.wait();
        Session::of(leader).assert_no_others();
        port_is_free(&output);
        output
    }

    /// Waits for the end of one that was ended by force: the kernel ends its children when it is gone, and
    /// whoever has inherited them reaps them.
    #[track_caller]
    pub fn wait_forced(self) -> Output {
        let leader = self.leader;
        let output = self.running.wait();
        wait_until("nothing is left", || {
            Session::of(leader).others().is_empty()
        });
        port_is_free(&output);
        output
    }

    /// Sends the first signal, and returns when it was accepted. Of two that are pending at the same time the kernel
    /// may have the handler called for the later one first.
    #[track_caller]
    pub fn accepts(&self, signal: Signal) {
        self.send_signal(signal);
        let process = self.process();
        wait_until("it is delivered", || {
            !process.signals(SignalField::SharedPending).contains(signal)
        });
        // The thread that takes signals has to wake for one, and sleeps again when it has told all others.
        let listens = |task: &Thread| task.tid == self.leader.as_raw() && task.state == 'S';
        wait_until("it is accepted", || {
            self.has_exited() || process.threads().iter().any(listens)
        });
    }

    /// Asks it to stop, and waits for that.
    #[track_caller]
    pub fn stop_by(self, signal: Signal) -> Output {
        self.send_signal(signal);
        let output = self.wait();
        output.assert_signal(signal).assert_once("stopped");
        nothing_failed(&output);
        output
    }
}

/// Checks that it complains of nothing. On a busy machine a build, or the end, takes long enough to be named.
#[track_caller]
pub fn nothing_failed(output: &Output) {
    let is_named = |line: &String| line.starts_with("aplomb: waiting for ") || line == NOT_READY;
    let lines = output.stderr();
    output.assert(lines.iter().all(is_named), "nothing was to fail");
}

/// Where the site is, if this line says it.
fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, address) = line.split_once(" is at http://")?;
    Some(address.parse().expect("an address"))
}

#[track_caller]
fn port_is_free(output: &Output) {
    for address in output.stdout().iter().filter_map(|line| address_in(line)) {
        let free = TcpListener::bind(address);
        output.assert(free.is_ok(), "its port was to be free");
    }
}

impl Deref for App {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.running
    }
}

impl DerefMut for App {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.running
    }
}
