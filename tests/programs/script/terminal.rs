//! The modes of the terminal, as programs change them.

use std::io::{self, Read};
use std::process::ExitCode;

use nix::sys::termios::{LocalFlags, SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

/// Carries out a step. Whether it is one.
pub(crate) fn one(verb: &str) -> bool {
    match verb {
        "cbreak" => cbreak(),
        "raw" => raw(),
        // Until the terminal is gone.
        "hung-up" => while let Ok(1..) = io::stdin().read(&mut [0]) {},
        _ => return false,
    }
    true
}

/// Takes each key as it is typed, and shows none. The keys that send signals go on to do so.
pub(crate) fn cbreak() {
    let stdin = io::stdin();
    let mut modes = tcgetattr(&stdin).expect("stdin is a terminal");
    modes
        .local_flags
        .remove(LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::IEXTEN);
    tcsetattr(&stdin, SetArg::TCSANOW, &modes).expect("a terminal has modes");
}

/// Whether the terminal is as [`cbreak`] has made it.
#[allow(dead_code, reason = "the program of the phases has no use for it")]
pub(crate) fn is_changed() -> bool {
    let modes = tcgetattr(io::stdin()).expect("stdin is a terminal");
    !modes.local_flags.contains(LocalFlags::ICANON)
}

/// Takes each key as it is typed, also those that send signals otherwise.
fn raw() {
    let stdin = io::stdin();
    let mut modes = tcgetattr(&stdin).expect("stdin is a terminal");
    cfmakeraw(&mut modes);
    tcsetattr(&stdin, SetArg::TCSANOW, &modes).expect("a terminal has modes");
}

/// Forks a child, and waits until it has ended. In the child this returns what `how` tells its phase to return; or the
/// child exits as a program does, with the exit functions that it has copies of.
pub(crate) fn fork_and(how: &str) -> Option<ExitCode> {
    let returns = how == "return";
    #[allow(unsafe_code, reason = "what a forked child does is the point of it")]
    // SAFETY: the child does nothing but end. The C library makes its own locks usable in it.
    match unsafe { fork() }.expect("a process is left") {
        ForkResult::Child if returns => Some(ExitCode::SUCCESS),
        ForkResult::Child => std::process::exit(0),
        ForkResult::Parent { child } => {
            let ended = waitpid(child, None).expect("a child can be waited for");
            // A phase that returns there is an error.
            assert_eq!(ended, WaitStatus::Exited(child, i32::from(returns)));
            None
        }
    }
}
