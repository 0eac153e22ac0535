//! Which signal, and who sent it.

use std::fmt;

mod decision;
mod inbox;
mod names;
pub(crate) mod table;

pub(crate) use decision::{Arrival, Began, Word};
pub(crate) use inbox::{Inbox, MAX_SHUTDOWN_SIGNALS, Role};
pub use names::{name, number};
pub use table::numbers::*;
pub(crate) use table::{why_no_shutdown_signal, why_not_handled};

/// The process that sent a signal: its ids, as the kernel reported them with the signal.
///
/// ```
/// # let shutdown = aplomb::Shutdown::new();
/// for sender in shutdown.signals().iter().filter_map(|signal| signal.sender()) {
///     println!("pid {} of user {}", sender.pid, sender.uid);
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Sender {
    /// The process id, as seen from this process's PID namespace; 0 when the sender is outside
    /// it, as a container's runtime is.
    pub pid: u32,
    /// The real user id.
    pub uid: u32,
}

impl Sender {
    pub(crate) fn new(pid: u32, uid: u32) -> Self {
        Sender { pid, uid }
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            0 => write!(f, "a process outside (uid {})", self.uid),
            pid => write!(f, "pid {pid} (uid {})", self.uid),
        }
    }
}

/// A signal that came: which, and from whom, where that is known.
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

    /// Its number, as in `signal(7)`: equal to one of the constants of [this module](self).
    #[must_use]
    pub fn number(&self) -> i32 {
        self.number
    }

    /// Its name, such as `SIGTERM`; `a signal` for one without a name of its own, as real-time signals are,
    /// for which [`name()`] has one.
    #[must_use]
    pub fn name(&self) -> &'static str {
        names::own_name(self.number).unwrap_or("a signal")
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
