//! A service with processes of its own, in a session by which all of them can be found.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use aplomb_testing::{
    Child, Command, Output, Process, ProcessStat, Session, SignalField, Terminal, assert_idle,
    wait_until,
};
use nix::sys::signal::Signal::{self, SIGINT, SIGTERM};
use nix::sys::signal::killpg;
use nix::unistd::Pid;

use crate::support::OutputExt;

pub struct Service {
    pub app: Child,
    pub address: SocketAddr,
    terminal: Option<Terminal>,
}

/// How it is asked to stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// By a signal to it alone.
    Process(Signal),
    /// By one to its process group, as `kill` and shells without job control do.
    Group(Signal),
    /// By Ctrl-C, typed on its terminal.
    Typed,
}

impl Ask {
    pub const ALL: [Ask; 5] = [
        Ask::Process(SIGTERM),
        Ask::Process(SIGINT),
        Ask::Group(SIGTERM),
        Ask::Group(SIGINT),
        Ask::Typed,
    ];

    pub fn signal(self) -> Signal {
        match self {
            Ask::Process(signal) | Ask::Group(signal) => signal,
            Ask::Typed => SIGINT,
        }
    }
}

impl Service {
    pub fn start(program: Command) -> Service {
        let mut app = program.in_new_session().spawn();
        let address = app.expect_prefix("listening on ").parse().unwrap();
        Service {
            app,
            address,
            terminal: None,
        }
    }

    /// Starts it where it can be asked in that way.
    pub fn start_for(ask: Ask, program: Command) -> Service {
        if ask != Ask::Typed {
            return Service::start(program);
        }
        let (app, mut terminal) = program.spawn_on_terminal();
        terminal.expect("listening on ");
        let address = terminal.expect("\r\n").parse().unwrap();
        Service {
            app,
            address,
            terminal: Some(terminal),
        }
    }

    pub fn ask(&mut self, ask: Ask) {
        match (ask, &mut self.terminal) {
            (Ask::Process(signal), _) => self.app.send_signal(signal),
            (Ask::Group(signal), _) => killpg(self.app.pid(), signal).unwrap(),
            (Ask::Typed, terminal) => {
                let terminal = terminal.as_mut().expect("it was started on one");
                terminal.send(Terminal::CTRL_C);
            }
        }
    }

    /// Waits for its end; all that it has started has ended by then.
    #[track_caller]
    pub fn wait(self) -> Output {
        let leader = self.app.pid();
        let output = self.app.wait();
        Session::of(leader).assert_no_others();
        output
    }

    /// Waits for its end, and until the kernel has ended the rest.
    #[track_caller]
    pub fn wait_killed(self) -> Output {
        let leader = self.app.pid();
        let output = self.app.wait();
        until_nothing_is_left_of(leader);
        output
    }

    /// Its children that live.
    pub fn children(&self) -> Vec<ProcessStat> {
        let pid = self.app.pid();
        let mut children = Session::of(pid).others();
        children.retain(|child| child.parent == pid);
        children
    }

    /// Waits until each of them has its handlers, and can be told to end in order.
    pub fn until_children_are_apps(&self) {
        wait_until("the children handle SIGTERM", || {
            let children = self.children();
            let mut masks = children
                .iter()
                .map(|child| Process::of(child.pid).signals(SignalField::Caught));
            masks.all(|handled| handled.contains(SIGTERM))
        });
    }

    /// How many of its threads wait for children to be stopped: the library has one for each child that was waited for,
    /// for a second.
    pub fn watchers(&self) -> usize {
        let threads = self.app.process().threads();
        threads
            .iter()
            .filter(|thread| thread.name == "aplomb-stops")
            .count()
    }

    /// Waits until there is such a thread for each of so many children, for which the program waits.
    pub fn until_watched(&self, children: usize) {
        wait_until("a thread watches each child", || {
            self.watchers() == children
        });
    }

    /// Checks that it has reaped all that has ended.
    #[track_caller]
    pub fn expect_no_zombie(&self) {
        let zombies = Process::of(self.app.pid()).zombie_children();
        assert!(zombies.is_empty(), "{zombies:#?}");
    }

    /// Nothing polls: no thread of any process is woken in ten seconds, nor uses the processor.
    #[track_caller]
    pub fn is_never_woken(&self) {
        let leader = self.app.pid();
        let others = Session::of(leader).others();
        let pids = others.iter().map(|other| other.pid);
        assert_idle(pids.chain([leader]), Duration::from_secs(10));
    }
}

pub fn until_nothing_is_left_of(leader: Pid) {
    wait_until("nothing is left of the session", || {
        Session::of(leader).others().is_empty()
    });
}

/// Not to wait for something: to be at another moment than the last time.
pub fn let_pass(time: Duration) {
    let at = Instant::now() + time;
    while Instant::now() < at {
        thread::yield_now();
    }
}

/// Asks it to stop at many moments of its start, from its birth on: it dies of that, and leaves nothing behind.
///
/// `program` listens on any port that is free.
#[track_caller]
pub fn may_be_stopped_while_it_starts(program: impl Fn() -> Command, lasts: Duration) {
    const MOMENTS: u32 = 20;
    for moment in 0..MOMENTS {
        let signal = [SIGTERM, SIGINT][moment as usize % 2];
        let app = program().in_new_session().spawn();
        let leader = app.pid();
        let_pass(lasts * moment / MOMENTS);
        app.send_signal(signal);
        app.wait().assert_signal(signal).assert_only_waiting();
        Session::of(leader).assert_no_others();
    }
}
