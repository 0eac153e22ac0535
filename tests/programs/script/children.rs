//! Children of the program, and what they find.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::say;

/// Says what signals a child has blocked and ignored, and which descriptors it got.
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

/// Says how a child ends that gets SIGTERM. It is one that would wait for ever.
pub(crate) fn child_term(label: &str) {
    let mut child = Command::new("cat")
        .stdin(Stdio::piped())
        .spawn()
        .expect("cat runs");
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid fits"));
    kill(pid, Signal::SIGTERM).expect("a child can be signalled");
    // Its stdin stays open: only the signal can end it.
    let stdin = child.stdin.take();
    let status = child.wait().expect("a child can be awaited");
    drop(stdin);
    say(format!("{label} child died by {:?}", status.signal()));
}
