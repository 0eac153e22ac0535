//! What stands for signals on Windows.

use std::fmt;

use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT};

/// What a console sends to the programs on it, by the name of the signal that it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Signal {
    /// The console has ended. [`Command::in_window`](crate::Command::in_window) makes one that does.
    SIGHUP = 1,
    /// Ctrl-C was typed.
    SIGINT = 2,
    /// Ctrl-Break was typed.
    SIGTERM = 15,
}

impl Signal {
    /// The number that Windows has for the event.
    pub(super) fn event(self) -> u32 {
        match self {
            Self::SIGHUP => CTRL_CLOSE_EVENT,
            Self::SIGINT => CTRL_C_EVENT,
            Self::SIGTERM => CTRL_BREAK_EVENT,
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        let all = [Self::SIGHUP, Self::SIGINT, Self::SIGTERM];
        all.into_iter().find(|signal| signal.to_string() == name)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
