//! What the process asks about itself, and how another one has ended.

use std::process::ExitStatus;

use windows_sys::Win32::Foundation::STATUS_CONTROL_C_EXIT;
use windows_sys::Win32::System::Threading::GetCurrentThreadStackLimits;

use super::signum::SIGINT;

/// A process. No other one has a copy of its memory, since there is no `fork(2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process;

impl Process {
    /// Returns the process that runs now.
    pub(crate) fn current() -> Self {
        Process
    }

    /// Returns whether this process runs now, which it does.
    pub(crate) fn is_current(self) -> bool {
        self == Process::current()
    }
}

/// Does nothing, since there are no forks.
pub(in crate::sys) fn watch_forks() {}

/// Does nothing, since there are no forked children.
pub(crate) fn in_forked_children(_: fn()) {}

/// Returns `false`: threads are missing in forked children alone.
pub(crate) fn is_cut_off() -> bool {
    false
}

/// Returns `false`: no process is spared a death by a signal.
pub(crate) fn is_pid_1() -> bool {
    false
}

/// Returns the size in bytes of the calling thread's stack, which is the initial one as a rule: what the program's
/// header asks for.
pub(crate) fn main_stack_size() -> usize {
    let (mut low, mut high) = (0, 0);
    // SAFETY: the pointers are valid for writing a number each. The call cannot fail.
    unsafe { GetCurrentThreadStackLimits(&raw mut low, &raw mut high) };
    high - low
}

/// Returns SIGINT where a process has ended as the system ends one at Ctrl-C. That is all that is left of the three
/// events.
pub(crate) fn signal_of(status: ExitStatus) -> Option<i32> {
    (status.code() == Some(STATUS_CONTROL_C_EXIT)).then_some(SIGINT)
}
