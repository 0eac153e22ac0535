//! The modes of the terminal, as programs change them.

use std::io;

use nix::sys::termios::{LocalFlags, SetArg, cfmakeraw, tcgetattr, tcsetattr};

/// Carries out a step. Whether it is one.
pub(crate) fn one(verb: &str) -> bool {
    match verb {
        "cbreak" => cbreak(),
        "raw" => raw(),
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

/// Takes each key as it is typed, also those that send signals otherwise.
fn raw() {
    let stdin = io::stdin();
    let mut modes = tcgetattr(&stdin).expect("stdin is a terminal");
    cfmakeraw(&mut modes);
    tcsetattr(&stdin, SetArg::TCSANOW, &modes).expect("a terminal has modes");
}
