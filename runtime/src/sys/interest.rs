//! What can be waited for on a descriptor. No system is asked for anything.

/// What to wait for on a descriptor; for [`Shutdown::ready`](crate::Shutdown::ready).
///
/// ```
/// use aplomb::{Interest, Shutdown};
///
/// let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
/// let shutdown = Shutdown::new();
/// assert!(shutdown.ready(&socket, Interest::Write)?.is_ok());
/// shutdown.request("an example");
/// assert!(shutdown.ready(&socket, Interest::Read)?.is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interest {
    /// That a read would not block: data, a connection to accept, end of file, an error.
    Read,
    /// That a write would not block, or would fail.
    Write,
    /// That one of the two would not block.
    Both,
}
