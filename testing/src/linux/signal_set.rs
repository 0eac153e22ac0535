//! A set of signals, as the kernel shows it.

use nix::sys::signal::Signal;

use crate::SignalField;

/// A set of signals, as [`Process::signals`](crate::Process::signals) reads it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SignalSet(u64);

impl SignalSet {
    /// Reads a field of text that has the form of `/proc/PID/status`, such as what a program has printed of its own.
    /// Other lines are left out.
    ///
    /// # Panics
    ///
    /// When no line has the field, or what it has is not hexadecimal.
    #[must_use]
    #[track_caller]
    pub fn from_status(status: &str, field: SignalField) -> Self {
        let name = field.name();
        let digits = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .unwrap_or_else(|| panic!("no {name} in {status:?}"));
        Self(u64::from_str_radix(digits.trim(), 16).expect("a set of signals is hexadecimal"))
    }

    /// Whether the signal is in the set.
    #[must_use]
    pub fn contains(self, signal: Signal) -> bool {
        self.0 & (1 << (signal as i32 - 1)) != 0
    }

    /// The signals in the set that have a name: not the real-time ones. Two of these are the C library's own, and a
    /// program that was started by `posix_spawn(3)` has them ignored.
    #[must_use]
    pub fn named(self) -> Vec<Signal> {
        let all = Signal::iterator();
        all.filter(|&signal| self.contains(signal)).collect()
    }

    /// Whether there is no signal in the set, not even a real-time one.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
