//! Children that never get as far as their program.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt;

use nix::unistd::{Pid, fork, getpid, pause, setpgid, write};

use super::supervised::{described, started};

/// Carries out a step. Returns whether there is such a step here.
pub(super) fn one(verb: &str, object: &'static str) -> bool {
    match verb {
        "stuck" => start_with_step(object, stuck),
        "stuck-group" => start_with_step(object, stuck_group),
        _ => return false,
    }
    true
}

/// Starts the child of that name with a step between fork and exec.
pub(super) fn start_with_step(name: &'static str, step: fn() -> nix::Result<()>) {
    let (options, mut command) = described(name);
    #[allow(
        unsafe_code,
        reason = "what happens between fork and exec is the point of it"
    )]
    // SAFETY: these steps call setresuid, fork, setpgid, getpid, write, close, pause and sched_yield, which are
    // async-signal-safe or bare system calls; nothing is allocated and no lock is taken, since setresuid of a child has
    // no other threads to tell.
    unsafe {
        command.pre_exec(move || step().map_err(io::Error::from));
    }
    started(name, options.spawn(command));
}

/// Says which process this is, without a lock or memory.
fn say_stuck() -> nix::Result<()> {
    let mut line = [0; 32];
    let mut rest = &mut line[..];
    // The buffer has room for each number.
    let _ = writeln!(rest, "stuck {}", getpid());
    let left = rest.len();
    write(io::stdout(), &line[..line.len() - left]).map(drop)
}

/// Never ends.
pub(super) fn stuck() -> nix::Result<()> {
    say_stuck()?;
    loop {
        pause();
    }
}

/// Never ends, nor does another process in the group that it leads.
fn stuck_group() -> nix::Result<()> {
    setpgid(Pid::from_raw(0), Pid::from_raw(0))?;
    #[allow(
        unsafe_code,
        reason = "what happens between fork and exec is the point of it"
    )]
    // SAFETY: the new process calls what is async-signal-safe, and never returns.
    unsafe { fork() }?;
    stuck()
}
