//! Which signal, and who sent it.

use std::fmt;

mod names;

pub use names::{name, number};

macro_rules! signals {
    ($($(#[$cfg:meta])* $name:ident: $meaning:literal),* $(,)?) => {
        $(
            #[doc = concat!("`", stringify!($name), "`: ", $meaning, ".")]
            $(#[$cfg])*
            pub const $name: i32 = libc::$name;
        )*

        /// They by name.
        const HANDLED: &[(i32, &str)] = &[$($(#[$cfg])* ($name, stringify!($name))),*];
    };
}

signals! {
    SIGHUP: "the terminal is gone, or, by custom, a daemon is to read its configuration again",
    SIGINT: "Ctrl-C",
    SIGQUIT: "Ctrl-\\; never a shutdown signal by default, so that it stays the way out that always works, as PID 1 too",
    SIGUSR1: "for the program's own use",
    SIGUSR2: "for the program's own use",
    SIGPIPE: "a write to a pipe without a reader; Rust programs have it ignored, so it cannot be a shutdown signal",
    SIGALRM: "the real-time timer of alarm(2) or setitimer(2)",
    SIGTERM: "the polite request to end, of `kill`, systemd and container runtimes",
    SIGCHLD: "a child has ended, stopped or gone on",
    SIGCONT: "the process goes on after it was stopped",
    SIGTSTP: "Ctrl-Z",
    SIGTTIN: "a background process reads from its terminal",
    SIGTTOU: "a background process writes to its terminal",
    SIGURG: "urgent data on a socket",
    SIGXCPU: "the limit of processor time is reached",
    SIGXFSZ: "the limit of a file's size is reached",
    SIGVTALRM: "the virtual timer of setitimer(2)",
    SIGPROF: "the profiling timer of setitimer(2)",
    SIGWINCH: "the terminal has another size",
    SIGIO: "a descriptor is ready",
    #[cfg(any(target_os = "linux", target_os = "android"))]
    SIGPWR: "the power fails",
}

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
