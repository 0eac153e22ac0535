//! A child has been forked and has not become another program yet; then it gets SIGTERM.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Command;
use std::{io, thread};

use aplomb::{Shutdown, app};
use nix::fcntl::OFlag;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, pipe2, read, write};

use crate::script::say;

fn run(shutdown: &Shutdown) -> io::Result<()> {
    let (pid_reader, pid_writer) = pipe2(OFlag::O_CLOEXEC)?;
    let (hold_reader, hold_writer) = pipe2(OFlag::O_CLOEXEC)?;
    let mut command = Command::new("true");
    let hold = move || {
        // It is not to outlive us, however this goes.
        set_pdeathsig(Signal::SIGKILL)?;
        write(&pid_writer, &nix::unistd::getpid().as_raw().to_ne_bytes())?;
        // Nothing is ever written: only a signal ends this.
        read(&hold_reader, &mut [0])?;
        Ok(())
    };
    #[allow(
        unsafe_code,
        reason = "what happens between fork and exec is the point of it"
    )]
    // SAFETY: between fork and exec only prctl, getpid, write and read are called, which
    // are async-signal-safe; nothing is allocated and no lock is taken.
    unsafe {
        command.pre_exec(hold);
    }
    let spawning = thread::spawn(move || command.status());

    let mut pid = [0; 4];
    read(&pid_reader, &mut pid)?;
    say("forked");
    kill(Pid::from_raw(i32::from_ne_bytes(pid)), Signal::SIGTERM)?;
    let status = spawning.join().expect("spawning does not panic")?;
    say(format!("child died by {:?}", status.signal()));
    drop(hold_writer);
    say(format!("requested {}", shutdown.requested()));
    shutdown.wait();
    Ok(())
}

fn stop() {
    say("P+");
}

#[app(run, stop)]
pub(crate) fn main() {}
