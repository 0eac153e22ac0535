//! What a program begins as the leader of a session of its own, on a terminal or without one.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::libc;
use nix::unistd::setsid;

/// The session that a program begins in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Begins {
    /// In the test's.
    InOurs,
    /// In one of its own, without a terminal.
    InNew,
    /// In one of its own, whose terminal is the program's standard input.
    OnTerminal,
}

/// Has a program begin in that session.
pub(crate) fn set_session(command: &mut Command, begins: Begins) {
    if begins == Begins::InOurs {
        return;
    }
    let step = move || {
        setsid()?;
        if begins == Begins::OnTerminal {
            take_terminal()?;
        }
        Ok(())
    };
    #[allow(unsafe_code, reason = "there is no safe way to do something there")]
    // SAFETY: between fork and exec only async-signal-safe functions may be called. `setsid` is one (signal-safety(7)),
    // `ioctl` is a system call, and an error is made of a number.
    unsafe {
        command.pre_exec(step);
    }
}

/// Makes standard input the terminal of this process's session.
fn take_terminal() -> io::Result<()> {
    #[allow(unsafe_code, reason = "there is no safe function for it")]
    #[allow(
        clippy::cast_lossless,
        reason = "the type of a request differs between systems"
    )]
    // SAFETY: this request has a number as its argument, and no memory.
    let taken = unsafe { libc::ioctl(libc::STDIN_FILENO, libc::TIOCSCTTY as _, 0) };
    Errno::result(taken)?;
    Ok(())
}
