//! A signal that came.

use std::fmt;

use super::names::{Named, own_name};
use crate::sys::Sender;

/// A signal that came: which one, and from whom, where that is known.
///
/// ```
/// # let shutdown = aplomb::Shutdown::new();
/// for signal in shutdown.signals() {
///     println!("{signal}"); // SIGTERM from pid 1 (uid 0)
/// }
/// ```
///
/// A function that a signal calls may ask for it:
///
/// ```no_run
/// use aplomb::signal::{SIGHUP, Signal};
/// use aplomb::{Absent, App};
///
/// fn reload(signal: &Signal) {
///     println!("{} times {signal}", signal.count()); // 2 times SIGHUP from pid 17 (uid 1000)
/// }
///
/// App::new(Absent, Absent, Absent).on(SIGHUP, reload).main();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Signal {
    number: i32,
    sender: Option<Sender>,
    count: u32,
}

impl Signal {
    pub(crate) const fn new(number: i32, sender: Option<Sender>) -> Self {
        Signal::of_several(number, sender, 1)
    }

    pub(crate) const fn of_several(number: i32, sender: Option<Sender>, count: u32) -> Self {
        Signal {
            number,
            sender,
            count,
        }
    }

    /// The signal's number, as in `signal(7)`: equal to one of the constants of [this module](super).
    #[must_use]
    pub fn number(&self) -> i32 {
        self.number
    }

    /// The signal's name, such as `SIGTERM`; `a signal` for one without a name of its own, as real-time signals are,
    /// for which [`name()`](super::name()) has one.
    #[must_use]
    pub fn name(&self) -> &'static str {
        own_name(self.number).unwrap_or("a signal")
    }

    /// Who sent it. `None` when the kernel did, as for a Ctrl-C at the terminal. If it stands for several signals, this
    /// is the sender of the last of them.
    #[must_use]
    pub fn sender(&self) -> Option<Sender> {
        self.sender
    }

    /// How many signals it stands for: 1, except where a signal's function gets it. There it is the number of signals
    /// that have arrived since the function was called last.
    ///
    /// Fewer may arrive than were sent: while a signal is pending, the kernel drops another one of its kind, unless it
    /// is a real-time signal (`signal(7)`).
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Named(self.number).fmt(f)?;
        match self.sender {
            Some(sender) => write!(f, " from {sender}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{SIGINT, SIGTERM};

    #[test]
    fn prints_what_is_known() {
        let sender = Some(Sender::new(1, 0));
        assert_eq!(
            Signal::new(SIGTERM, sender).to_string(),
            "SIGTERM from pid 1 (uid 0)"
        );
        assert_eq!(Signal::new(SIGINT, None).to_string(), "SIGINT");
        assert_eq!(Signal::new(99, None).to_string(), "signal 99");
        assert_eq!(
            Signal::new(SIGTERM, Some(Sender::new(0, 0))).to_string(),
            "SIGTERM from a process outside (uid 0)"
        );
    }
}
