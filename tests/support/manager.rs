//! A service manager, as far as a service sees it: the socket that it is told by.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use aplomb_testing::{Command, DEFAULT_TIMEOUT};
use tempfile::TempDir;

/// A socket that a service tells of itself.
#[derive(Debug)]
pub struct Manager {
    socket: UnixDatagram,
    name: String,
    _folder: TempDir,
}

impl Manager {
    /// A socket in the file system.
    ///
    /// # Panics
    ///
    /// When there is no room for one.
    #[must_use]
    pub fn at_a_path() -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("notify");
        let name = path.to_str().expect("a plain name").to_owned();
        let socket = UnixDatagram::bind(path).expect("it can be bound");
        Self::reading(socket, name, folder)
    }

    /// A socket that is in no file system.
    ///
    /// # Panics
    ///
    /// When that name is taken.
    #[must_use]
    pub fn at_an_abstract_name() -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        let name = folder.path().join("notify");
        let name = name.to_str().expect("a plain name");
        let address = SocketAddr::from_abstract_name(name).expect("it is short");
        let socket = UnixDatagram::bind_addr(&address).expect("nobody has it");
        Self::reading(socket, format!("@{name}"), folder)
    }

    fn reading(socket: UnixDatagram, name: String, folder: TempDir) -> Self {
        let manager = Self {
            socket,
            name,
            _folder: folder,
        };
        manager.set_timeout(DEFAULT_TIMEOUT);
        manager
    }

    /// The value of `$NOTIFY_SOCKET`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Has a program tell this manager.
    pub fn of(&self, program: Command) -> Command {
        program.env("NOTIFY_SOCKET", &self.name)
    }

    /// Sends so much to the socket that it takes no more.
    ///
    /// # Panics
    ///
    /// When there are no sockets.
    pub fn fill(&self) {
        let sender = UnixDatagram::unbound().expect("there are sockets");
        sender.set_nonblocking(true).expect("it need not block");
        while sender.send_to(b"full", &self.name).is_ok() {}
    }

    /// The next message.
    ///
    /// # Panics
    ///
    /// When none comes.
    #[track_caller]
    #[must_use]
    pub fn next(&self) -> String {
        self.receive().expect("a message comes")
    }

    fn receive(&self) -> io::Result<String> {
        let mut message = [0; 4096];
        // A receive that has a limit ends with each signal that this process handles, whatever `SA_RESTART` says:
        // signal(7).
        let length = loop {
            match self.socket.recv(&mut message) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                received => break received?,
            }
        };
        let message = std::str::from_utf8(&message[..length]).expect("it is a text");
        Ok(message.to_owned())
    }

    /// Waits for this message, and no other one.
    ///
    /// # Panics
    ///
    /// When another one comes, or none.
    #[track_caller]
    pub fn expect(&self, message: &str) {
        assert_eq!(self.next(), message);
    }

    /// Waits for a message that begins so, whatever comes before it. Returns what follows.
    ///
    /// # Panics
    ///
    /// When none comes.
    #[track_caller]
    pub fn expect_prefix(&self, prefix: &str) -> String {
        loop {
            if let Some(rest) = self.next().strip_prefix(prefix) {
                return rest.to_owned();
            }
        }
    }

    /// The message that comes within this time, if one does.
    ///
    /// # Panics
    ///
    /// When the socket cannot be read.
    #[must_use]
    pub fn next_within(&self, time: Duration) -> Option<String> {
        self.set_timeout(time);
        let message = self.receive().ok();
        self.set_timeout(DEFAULT_TIMEOUT);
        message
    }

    fn set_timeout(&self, time: Duration) {
        let set = self.socket.set_read_timeout(Some(time));
        set.expect("a time to wait");
    }

    /// All messages that have come, of a program that has ended or says no more.
    ///
    /// # Panics
    ///
    /// When the socket cannot be read.
    #[must_use]
    pub fn rest(&self) -> Vec<String> {
        let set = self.socket.set_nonblocking(true);
        set.expect("it need not block");
        let rest = std::iter::from_fn(|| self.receive().ok()).collect();
        let set = self.socket.set_nonblocking(false);
        set.expect("it may block");
        rest
    }
}
