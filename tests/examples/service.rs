//! A service with processes of its own, in a session by which all of them can be found.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal::{self, SIGINT, SIGTERM};
use nix::sys::signal::killpg;
use nix::unistd::Pid;

use crate::support::{
    Ending, Member, Process, Program, Running, Task, Terminal, left_in_session, nothing_is_left_of,
    until, zombies_of,
};

pub struct Service {
    pub app: Running,
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
    pub fn start(program: Program) -> Service {
        let mut app = program.in_own_session().spawn();
        let address = app.expect_after("listening on ").parse().unwrap();
        Service {
            app,
            address,
            terminal: None,
        }
    }

    /// Starts it where it can be asked in that way.
    pub fn start_for(ask: Ask, program: Program) -> Service {
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
            (Ask::Process(signal), _) => self.app.signal(signal),
            (Ask::Group(signal), _) => killpg(self.app.pid(), signal).unwrap(),
            (Ask::Typed, terminal) => {
                let terminal = terminal.as_mut().expect("it was started on one");
                terminal.type_in("\x03");
            }
        }
    }

    /// Waits for its end; all that it has started has ended by then.
    #[track_caller]
    pub fn finish(self) -> Ending {
        let leader = self.app.pid();
        let ending = self.app.finish();
        nothing_is_left_of(leader);
        ending
    }

    /// The same where the kernel has ended the rest.
    #[track_caller]
    pub fn finish_killed(self) -> Ending {
        let leader = self.app.pid();
        let ending = self.app.finish();
        until_nothing_is_left_of(leader);
        ending
    }

    /// Its children that live.
    pub fn children(&self) -> Vec<Member> {
        let pid = self.app.pid();
        let mut children = left_in_session(pid);
        children.retain(|child| child.parent == pid.as_raw());
        children
    }

    /// Waits until each of them has its handlers, and can be told to end in order.
    pub fn until_children_are_apps(&self) {
        until("the children handle SIGTERM", || {
            let children = self.children();
            let mut masks = children
                .iter()
                .map(pid_of)
                .map(|pid| Process::of(pid).mask("SigCgt"));
            masks.all(|handled| handled.contains(SIGTERM))
        });
    }

    /// It has reaped all that has ended.
    #[track_caller]
    pub fn expect_no_zombie(&self) {
        let zombies = zombies_of(self.app.pid());
        assert!(zombies.is_empty(), "{zombies:#?}");
    }

    /// Nothing polls: no thread of any process is woken in ten seconds, nor uses the processor.
    #[track_caller]
    pub fn is_never_woken(&self) {
        let leader = self.app.pid();
        let mut pids = vec![leader];
        pids.extend(left_in_session(leader).iter().map(pid_of));
        let all: Vec<_> = pids.into_iter().map(Process::of).collect();
        let tasks = || all.iter().map(Process::tasks).collect::<Vec<_>>();
        let mut before = tasks();
        until("all threads are at rest", || {
            let settled = before.iter().flatten().all(|task| task.state == 'S');
            let now = tasks();
            let unchanged = now == before;
            before = now;
            settled && unchanged
        });
        let ticks = || all.iter().map(Process::processor_ticks).sum::<u64>();
        let used = ticks();
        // It is about this time.
        thread::sleep(Duration::from_secs(10));
        let (after, used) = (tasks(), ticks() - used);
        let woken: Vec<&Task> = after
            .iter()
            .flatten()
            .filter(|task| !before.iter().flatten().any(|known| known == *task))
            .collect();
        assert!(woken.is_empty(), "threads were woken: {woken:#?}");
        assert_eq!(used, 0, "processor time was used");
    }
}

pub fn pid_of(member: &Member) -> Pid {
    Pid::from_raw(member.pid)
}

pub fn until_nothing_is_left_of(leader: Pid) {
    until("nothing is left of the session", || {
        left_in_session(leader).is_empty()
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
pub fn may_be_stopped_while_it_starts(program: impl Fn() -> Program, lasts: Duration) {
    const MOMENTS: u32 = 20;
    for moment in 0..MOMENTS {
        let signal = [SIGTERM, SIGINT][moment as usize % 2];
        let app = program().in_own_session().spawn();
        let leader = app.pid();
        let_pass(lasts * moment / MOMENTS);
        app.signal(signal);
        app.finish().died_by(signal).quiet_but_for_waiting();
        nothing_is_left_of(leader);
    }
}
