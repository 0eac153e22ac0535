//! The names of the sets of signals that the kernel keeps of a process.

/// Which set of signals: one of those that the kernel keeps of a process, or of a thread, and shows in
/// `/proc/PID/status`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SignalField {
    /// Signals that were sent to the thread and wait to be delivered (`SigPnd`).
    Pending,
    /// Signals that were sent to the whole process and wait to be delivered (`ShdPnd`).
    SharedPending,
    /// Signals that the thread blocks (`SigBlk`).
    Blocked,
    /// Signals that the process ignores (`SigIgn`).
    Ignored,
    /// Signals that the process has a handler for (`SigCgt`).
    Caught,
}

impl SignalField {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "SigPnd",
            Self::SharedPending => "ShdPnd",
            Self::Blocked => "SigBlk",
            Self::Ignored => "SigIgn",
            Self::Caught => "SigCgt",
        }
    }
}
