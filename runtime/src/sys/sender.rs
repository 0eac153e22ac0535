//! Who has sent a signal. Each system says that in its own way, or does not.

use std::fmt;

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
