//! What a program can be started with on Windows: consoles, and process groups.

use std::io;
use std::os::windows::process::CommandExt;
use std::process;

use windows_sys::Win32::Foundation::ERROR_INTERNAL_ERROR;
use windows_sys::Win32::System::Threading::{
    CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW, DETACHED_PROCESS,
};

use super::{capability, console, window};
use crate::Command;

/// The console and the process group that a program begins with.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Surroundings {
    leads_group: bool,
    has_no_console: bool,
}

/// Tries three times under Wine: where many programs start at the same time, one sometimes ends there before it has
/// begun.
pub(crate) fn spawn(command: &mut process::Command) -> io::Result<process::Child> {
    let has_not_begun = |started: &io::Result<_>| {
        let error = started.as_ref().err().and_then(io::Error::raw_os_error);
        capability::is_wine() && error == Some(ERROR_INTERNAL_ERROR.cast_signed())
    };
    let mut started = command.spawn();
    for _ in 0..2 {
        if !has_not_begun(&started) {
            break;
        }
        started = command.spawn();
    }
    started
}

impl Surroundings {
    pub(crate) fn apply_to(self, command: &mut process::Command) {
        // What ignores Ctrl-C hands that on, as a script in the background may.
        console::hear_ctrl_c();
        let console = if self.has_no_console {
            DETACHED_PROCESS
        } else {
            CREATE_NO_WINDOW
        };
        let group = if self.leads_group {
            CREATE_NEW_PROCESS_GROUP
        } else {
            0
        };
        command.creation_flags(console | group);
    }

    #[expect(clippy::unused_self, reason = "on Unix there are pipelines")]
    pub(crate) fn start_reader(self, _: &mut process::Command) -> Option<process::Child> {
        None
    }
}

/// What there is on Windows alone.
impl Command {
    /// Starts without a console, as a service is started, or a program from one that has windows.
    pub fn without_console(mut self) -> Self {
        self.surroundings.has_no_console = true;
        self
    }

    /// Starts in a process group of its own, for which Windows switches Ctrl-C off.
    pub fn in_new_process_group(mut self) -> Self {
        self.surroundings.leads_group = true;
        self
    }

    /// Starts by a program that ignores Ctrl-C, which is handed on.
    pub fn ignoring_ctrl_c(self) -> Self {
        self.wrapper([console::helper(), console::IGNORE.into()])
    }

    /// Starts in a window, which [`Child::close_window`](crate::Child::close_window) closes. Its standard input is
    /// empty.
    ///
    /// Under Wine there is no window, and the program gets what Windows sends when one is closed.
    pub fn in_window(self) -> Self {
        if capability::is_wine() {
            return self;
        }
        self.wrapper([console::helper(), window::WINDOW.into()])
    }
}
