//! The other side of a terminal: what a person types and reads.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::Instant;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

use super::timing::PATIENCE;

/// Dropped, it is closed as a window is: the kernel hangs up.
#[derive(Debug)]
pub struct Terminal {
    master: File,
    read: String,
}

impl Terminal {
    /// Both sides are close-on-exec: a test that runs at the same time must not keep them
    /// open in a child of its own.
    pub(super) fn open() -> (Self, File) {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).expect("there are terminals");
        grantpt(&master).expect("the terminal is ours");
        unlockpt(&master).expect("the terminal is ours");
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlag::O_NOCTTY.bits())
            .open(ptsname_r(&master).expect("the terminal has a name"))
            .expect("the terminal can be opened");
        let mut modes = tcgetattr(&slave).expect("a terminal has modes");
        modes.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&slave, SetArg::TCSANOW, &modes).expect("a terminal has modes");
        (
            Self {
                master: File::from(OwnedFd::from(master)),
                read: String::new(),
            },
            slave,
        )
    }

    pub fn type_in(&mut self, keys: &str) {
        self.master
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
    }

    /// Reads until this is on the screen, and forgets all up to its end. Returns what was before it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.read.find(text) {
                let before = self.read[..at].to_owned();
                self.read.drain(..at + text.len());
                return before;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let left = PollTimeout::try_from(left).expect("the patience is small");
            let mut master = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
            let ready = poll(&mut master, left).expect("a terminal can be polled");
            assert!(
                ready > 0,
                "waited in vain for {text:?}; the screen has {:?}",
                self.read
            );
            let mut buffer = [0; 1024];
            let read = self.master.read(&mut buffer).unwrap_or_else(|error| {
                panic!("no {text:?}: {error}; the screen has {:?}", self.read)
            });
            self.read
                .push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }

    /// Whether this is on the screen, after what was expected last.
    pub fn shows(&self, text: &str) -> bool {
        self.read.contains(text)
    }
}
