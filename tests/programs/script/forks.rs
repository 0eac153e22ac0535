//! What children meet between fork and exec.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Command;

use aplomb::process;
use aplomb::signal::{self, SIGCONT};
use nix::errno::Errno;
use nix::sys::signal::{Signal, raise};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{ForkResult, Pid, Uid, close, fork, getpid, pause, setpgid, setresuid, setsid};

use super::stuck::{start_with_step, stuck};
use super::supervised::described;
use super::{number, say};

/// Carries out a step. Returns whether there is such a step here.
pub(super) fn one(verb: &str, object: &'static str) -> bool {
    match verb {
        "hit" => hit(number(object)),
        "raising" => raising(object),
        "again" => again(number(object)),
        "between" => between(object),
        "half-user" => half_user(),
        "beyond" => beyond(object),
        "beyond-beside" => beyond_beside(object),
        "beyond-ahead" => beyond_ahead(object),
        "stuck-other" => start_with_step(object, stuck_other),
        "stuck-beyond" => start_with_step(object, stuck_beyond),
        _ => return false,
    }
    true
}

/// Starts so many children, one after the other, and says which signals hit them.
fn hit(count: u32) {
    let mut hits: BTreeMap<String, u32> = BTreeMap::new();
    let mut note = |how: &str, signal: i32| {
        let name = signal::name(signal).expect("it has a name");
        *hits.entry(format!("{how} {name}")).or_default() += 1;
    };
    for started in 1..=count {
        let child = process::spawn(Command::new("true")).expect("it can be started");
        if let Some(signal) = stopped(child.id()) {
            note("stopped by", signal);
            child.signal(SIGCONT).expect("it is ours");
        }
        let status = child.wait().expect("it is ours");
        let status = status.expect("nothing is requested");
        if let Some(signal) = status.signal() {
            note("died by", signal);
        }
        if started % 100 == 0 {
            say(format!("started {started}"));
        }
    }
    say(format!("of {count} children {hits:?}"));
}

/// Waits until a child has ended or stopped. Returns the signal that has stopped it.
fn stopped(pid: i32) -> Option<i32> {
    let pid = Pid::from_raw(pid);
    let flags = WaitPidFlag::WSTOPPED | WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    loop {
        match waitid(Id::Pid(pid), flags) {
            Ok(WaitStatus::Stopped(_, signal)) => return Some(signal as i32),
            Err(Errno::EINTR) => {}
            // The child has ended, and may have been reaped already.
            Ok(_) | Err(Errno::ECHILD) => return None,
            Err(error) => panic!("a child can be waited for: {error}"),
        }
    }
}

/// Signals that may reach the parent's process group before the child has left it.
const EARLY: [Signal; 7] = [
    Signal::SIGINT,
    Signal::SIGHUP,
    Signal::SIGTERM,
    Signal::SIGQUIT,
    Signal::SIGTSTP,
    Signal::SIGCHLD,
    Signal::SIGWINCH,
];

/// Starts the child of that name, which gets all signals in [`EARLY`] right after the fork.
fn raising(name: &'static str) {
    let (options, mut command) = described(name);
    let early = || {
        for signal in EARLY {
            raise(signal).map_err(io::Error::from)?;
        }
        Ok(())
    };
    #[allow(
        unsafe_code,
        reason = "what happens between fork and exec is the point of it"
    )]
    // SAFETY: only raise is called, which is async-signal-safe; nothing is allocated and no lock is taken.
    unsafe {
        command.pre_exec(early);
    }
    let child = options.spawn(command).expect("it can be started");
    let status = child.wait().expect("it is ours");
    say(format!("{name} {}", status.expect("nothing is requested")));
}

/// Starts one command so many times.
fn again(count: u32) {
    let mut command = Command::new("true");
    for _ in 0..count {
        let status = process::status(&mut command).expect("it can be started");
        assert!(status.expect("nothing is requested").success());
    }
    say(format!("started {count} times"));
}

/// Starts the command of that name with `aplomb::process`, then with the standard library. Then adds a step
/// between fork and exec, and starts it with `aplomb::process` once more.
fn between(name: &'static str) {
    let (_, mut command) = described(name);
    let ours = |command: &mut Command| {
        let status = process::status(command).expect("it can be started");
        assert!(status.expect("nothing is requested").success());
    };
    ours(&mut command);
    let status = command.status().expect("it can be started");
    assert!(status.success());
    let leaves = || setsid().map(drop).map_err(io::Error::from);
    #[allow(
        unsafe_code,
        reason = "what happens between fork and exec is the point of it"
    )]
    // SAFETY: only setsid is called, which is async-signal-safe; nothing is allocated and no lock is taken.
    unsafe {
        command.pre_exec(leaves);
    }
    ours(&mut command);
}

const NOBODY: Uid = Uid::from_raw(65534);

/// Gives up the rights of root, but so that a child can take them back before it becomes another program.
fn half_user() {
    let root = Uid::from_raw(0);
    setresuid(NOBODY, NOBODY, root).expect("this is root");
}

/// Becomes root again, with all three ids.
fn become_root() -> nix::Result<()> {
    let root = Uid::from_raw(0);
    setresuid(root, root, root)
}

/// Never ends, as another user, whom root may signal.
fn stuck_other() -> nix::Result<()> {
    setresuid(NOBODY, NOBODY, NOBODY)?;
    stuck()
}

/// Never ends, as root.
fn stuck_beyond() -> nix::Result<()> {
    become_root()?;
    stuck()
}

/// Starts the child of that name as root's, whom this process may not signal.
fn beyond(name: &'static str) {
    start_with_step(name, become_root);
}

/// Starts the child of that name with another process in its group that is root's.
fn beyond_beside(name: &'static str) {
    start_with_step(name, || beside(become_root));
}

/// Starts the child of that name as root's, with another process in its group whom this process may signal.
fn beyond_ahead(name: &'static str) {
    start_with_step(name, || {
        beside(|| Ok(()))?;
        become_root()
    });
}

/// Starts another process, which does that in the group that its parent leads by then.
fn beside(does: fn() -> nix::Result<()>) -> nix::Result<()> {
    let leader = getpid();
    #[allow(
        unsafe_code,
        reason = "what happens between fork and exec is the point of it"
    )]
    // SAFETY: the new process calls what is async-signal-safe, and never returns.
    match unsafe { fork() }? {
        ForkResult::Parent { .. } => Ok(()),
        ForkResult::Child => {
            // The group is there when the leader has got to its own step.
            while setpgid(Pid::from_raw(0), leader).is_err() {
                std::thread::yield_now();
            }
            let _ = does();
            // The standard library waits until the ends are closed of the pipe by which it learns of errors.
            for descriptor in 3..1024 {
                let _ = close(descriptor);
            }
            loop {
                pause();
            }
        }
    }
}
