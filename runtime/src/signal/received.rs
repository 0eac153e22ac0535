//! A signal that came.

use std::fmt;

use super::names::{name, own_name};
use crate::sys::Sender;

/// A signal that came: which one, and from whom, where that is known.
///
/// ```
/// # let shutdown = aplomb::Shutdown::new();
/// for signal in shutdown.signals() {
///     println!("{signal}"); // SIGTERM from pid 1 (uid 0)
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Signal {
    number: i32,
    sender: Option<Sender>,
}

impl Signal {
    pub(crate) fn new(number: i32, sender: Option<Sender>) -> Self {
        Signal { number, sender }
    }

    /// The signal's number, as in `signal(7)`: equal to one of the constants of [this module](super).
    #[must_use]
    pub fn number(&self) -> i32 {
        self.number
    }

    /// The signal's name, such as `SIGTERM`; `a signal` for one without a name of its own, as real-time signals are,
    /// for which [`name()`] has one.
    #[must_use]
    pub fn name(&self) -> &'static str {
        own_name(self.number).unwrap_or("a signal")
    }

    /// Who sent it. `None` when the kernel did, as for a Ctrl-C at the terminal.
    #[must_use]
    pub fn sender(&self) -> Option<Sender> {
        self.sender
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match name(self.number) {
            Some(name) => f.write_str(&name)?,
            None => write!(f, "signal {}", self.number)?,
        }
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
