//! Children of the program, and what they find.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, alarm, read, write};

use super::say;

/// Says which signals a child has blocked and ignored, and which descriptors it got.
#[cfg(target_os = "linux")]
pub(crate) fn child_status(label: &str) {
    let output = Command::new("cat")
        .arg("/proc/self/status")
        .output()
        .expect("cat runs");
    let status = String::from_utf8_lossy(&output.stdout).into_owned();
    for line in status.lines().filter(|line| {
        ["SigBlk:", "SigIgn:"]
            .iter()
            .any(|field| line.starts_with(field))
    }) {
        say(format!("{label} {line}"));
    }
    // `ls` itself opens one more, for the folder.
    let output = Command::new("ls")
        .arg("/proc/self/fd")
        .output()
        .expect("ls runs");
    let descriptors: Vec<_> = String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    say(format!("{label} fds {}", descriptors.join(" ")));
}

/// Sends SIGTERM to a child that would wait for ever, and says how it ends.
pub(crate) fn child_term(label: &str) {
    let mut child = Command::new("cat")
        .stdin(Stdio::piped())
        .spawn()
        .expect("cat runs");
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid fits"));
    kill(pid, Signal::SIGTERM).expect("a child can be signalled");
    // The child's stdin stays open, so only the signal can end it.
    let stdin = child.stdin.take();
    let status = child.wait().expect("a child can be awaited");
    drop(stdin);
    say(format!("{label} child died by {:?}", status.signal()));
}

/// Sends SIGTERM to a child that was forked and has not become another program yet.
pub(crate) fn child_forked() -> io::Result<()> {
    let (pid_reader, pid_writer) = io::pipe()?;
    let (hold_reader, hold_writer) = io::pipe()?;
    let mut command = Command::new("true");
    let hold = move || {
        // The child must not outlive this test for long, whatever happens.
        alarm::set(60);
        write(&pid_writer, &nix::unistd::getpid().as_raw().to_ne_bytes())?;
        // Nothing is ever written to this pipe, so only a signal ends the child.
        read(&hold_reader, &mut [0])?;
        Ok(())
    };
    #[allow(
        unsafe_code,
        reason = "what happens between fork and exec is the point of it"
    )]
    // SAFETY: between fork and exec only alarm, getpid, write and read are called, which
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
    Ok(())
}
