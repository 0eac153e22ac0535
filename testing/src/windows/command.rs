//! What a program can be started with on Windows: consoles, and process groups.

use std::ffi::OsStr;
use std::os::windows::process::CommandExt;
use std::process;

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

    /// Starts by a program that ignores Ctrl-C, which is handed on. `helper` is a program whose `main` is
    /// [`console_helper`](crate::console_helper).
    pub fn ignoring_ctrl_c(self, helper: impl AsRef<OsStr>) -> Self {
        self.wrapper([helper.as_ref(), OsStr::new(console::IGNORE)])
    }

    /// Starts in a window, which [`Child::close_window`](crate::Child::close_window) closes. Its standard input is empty. `helper` is a
    /// program whose `main` is [`console_helper`](crate::console_helper).
    ///
    /// Under Wine there is no window, and the program gets what Windows sends when one is closed.
    pub fn in_window(self, helper: impl AsRef<OsStr>) -> Self {
        if capability::is_wine() {
            return self;
        }
        self.wrapper([helper.as_ref(), OsStr::new(window::WINDOW)])
    }
}
