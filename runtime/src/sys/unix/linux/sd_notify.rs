//! How a service tells its manager of its state: a datagram to the socket that `$NOTIFY_SOCKET` names (`sd_notify(3)`,
//! `unix(7)`).
//!
//! `sd_notify(3)` itself is a function of libsystemd. What it does is a few lines.

use std::ffi::OsStr;
use std::io;
#[cfg(target_os = "android")]
use std::os::android::net::SocketAddrExt;
use std::os::fd::OwnedFd;
#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use crate::sys::unix::fcntl::move_up;

/// The socket of a service manager: an address, and what to send from. The socket is not connected, so a manager that
/// makes its socket anew is found again.
#[derive(Debug)]
pub(crate) struct NotifySocket {
    address: SocketAddr,
    own: UnixDatagram,
}

impl NotifySocket {
    /// The socket of this name: an absolute path, or `@` and an abstract name.
    ///
    /// # Errors
    ///
    /// When that is no name of a socket, or no descriptor is left.
    pub(crate) fn open(name: &OsStr) -> io::Result<Self> {
        let address = match name.as_bytes() {
            [b'@', name @ ..] if !name.is_empty() => SocketAddr::from_abstract_name(name)?,
            [b'/', ..] => SocketAddr::from_pathname(name)?,
            _ => {
                let words = "expected an absolute path, or `@` and an abstract name";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, words));
            }
        };
        let own = UnixDatagram::from(move_up(OwnedFd::from(UnixDatagram::unbound()?)));
        own.set_nonblocking(true)?;
        Ok(NotifySocket { address, own })
    }

    /// Sends a message. Returns whether the socket has taken it: one that is full takes nothing. This never blocks.
    ///
    /// # Errors
    ///
    /// When there is no such socket, when nobody reads it, or when this process may not write to it.
    pub(crate) fn send(&self, message: &str) -> io::Result<bool> {
        match self.own.send_to_addr(message.as_bytes(), &self.address) {
            Ok(_) => Ok(true),
            Err(error) => match error.raw_os_error() {
                Some(libc::EAGAIN | libc::ENOBUFS | libc::EINTR) => Ok(false),
                _ => Err(error),
            },
        }
    }
}
