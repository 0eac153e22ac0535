//! A terminal (a pty), of which the test holds the side with the keys and the screen.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname, unlockpt};
use nix::sys::termios::{
    ControlFlags, InputFlags, LocalFlags, OutputFlags, SetArg, Termios, tcgetattr, tcsetattr,
};
use nix::unistd::{Pid, tcgetpgrp};

/// The other side of a terminal (a pty): where keys are typed and the screen is read.
///
/// [`Command::spawn_on_terminal`](crate::Command::spawn_on_terminal) makes one. The terminal does not show the keys
/// that are typed, and it turns `\n` into `\r\n`, as terminals do. Dropped, it is closed as a window is: the kernel
/// hangs up, and sends SIGHUP.
///
/// ```
/// use aplomb_testing::{Command, Signal, Terminal};
///
/// let (cat, mut terminal) = Command::new("cat").spawn_on_terminal();
/// terminal.send("hello\n");
/// terminal.expect("hello");
/// terminal.send(Terminal::CTRL_C);
/// cat.wait().assert_signal(Signal::SIGINT);
/// ```
#[derive(Debug)]
pub struct Terminal {
    master: File,
    /// What was read and not yet expected. Bytes, since a read may end within a character.
    screen: Vec<u8>,
    timeout: Duration,
}

/// So many control characters a system has at least. C libraries have room for more, which nobody fills.
const CHARACTERS: usize = 19;

/// What a program may set of a terminal (`termios(3)`), to be compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Modes {
    input: InputFlags,
    output: OutputFlags,
    control: ControlFlags,
    local: LocalFlags,
    characters: [u8; CHARACTERS],
}

impl Terminal {
    /// The key that sends SIGINT to the foreground process group.
    pub const CTRL_C: &str = "\x03";
    /// The key that ends the input, at the beginning of a line.
    pub const CTRL_D: &str = "\x04";
    /// The key that sends SIGTSTP to the foreground process group.
    pub const CTRL_Z: &str = "\x1a";
    /// The key that sends SIGQUIT to the foreground process group.
    pub const CTRL_BACKSLASH: &str = "\x1c";

    /// Both sides are close-on-exec: a test that runs at the same time must not keep them
    /// open in a child of its own.
    pub(crate) fn open(timeout: Duration) -> (Self, File) {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).expect("there are terminals");
        grantpt(&master).expect("the terminal is ours");
        unlockpt(&master).expect("the terminal is ours");
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlag::O_NOCTTY.bits())
            .open(name_of(&master))
            .expect("the terminal can be opened");
        let mut modes = tcgetattr(&slave).expect("a terminal has modes");
        modes.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&slave, SetArg::TCSANOW, &modes).expect("a terminal has modes");
        let terminal = Self {
            master: File::from(OwnedFd::from(master)),
            screen: Vec::new(),
            timeout,
        };
        (terminal, slave)
    }

    /// The terminal's modes as they are now (`termios(3)`): whether keys are shown, and whether programs get whole
    /// lines.
    ///
    /// # Panics
    ///
    /// Where the modes cannot be seen from both sides, as on Solaris.
    #[must_use]
    pub fn modes(&self) -> Modes {
        let modes = self.termios();
        let mut characters = [0; CHARACTERS];
        characters.copy_from_slice(&modes.control_chars[..CHARACTERS]);
        Modes {
            input: modes.input_flags,
            output: modes.output_flags,
            control: modes.control_flags,
            local: modes.local_flags,
            characters,
        }
    }

    fn termios(&self) -> Termios {
        tcgetattr(&self.master).expect("a terminal has modes")
    }

    /// Whether the terminal shows the keys that are typed. It does not, unless somebody has changed that.
    #[must_use]
    pub fn shows_keys(&self) -> bool {
        self.modes().local.contains(LocalFlags::ECHO)
    }

    /// Has the terminal show the keys that are typed from now on.
    ///
    /// # Panics
    ///
    /// Where the modes cannot be changed from both sides, as on Solaris.
    pub fn show_keys(&self) {
        let mut modes = self.termios();
        modes.local_flags.insert(LocalFlags::ECHO);
        tcsetattr(&self.master, SetArg::TCSANOW, &modes).expect("a terminal has modes");
    }

    /// The process group in the foreground, which gets the signals that keys send.
    ///
    /// # Panics
    ///
    /// When the terminal is no session's.
    #[must_use]
    #[track_caller]
    pub fn foreground(&self) -> Pid {
        tcgetpgrp(&self.master).expect("the terminal has a foreground")
    }

    /// Types these keys.
    ///
    /// # Panics
    ///
    /// When the terminal does not take them.
    #[track_caller]
    pub fn send(&mut self, keys: &str) {
        self.master
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
    }

    /// Reads until this text is on the screen, and forgets all up to its end. Returns what was before it.
    ///
    /// # Panics
    ///
    /// When the text does not come within the command's timeout, or before the last program has closed the terminal.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> String {
        let deadline = Instant::now() + self.timeout;
        loop {
            if let Some(at) = self.find(text) {
                let before = String::from_utf8_lossy(&self.screen[..at]).into_owned();
                self.screen.drain(..at + text.len());
                return before;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "waited {:?} in vain for {text:?}; the screen has {:?}",
                self.timeout,
                self.screen()
            );
            // The limit is looked at once more when `poll` returns, for whatever reason.
            let left = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            let mut master = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
            match poll(&mut master, left) {
                Ok(0) | Err(Errno::EINTR) => continue,
                ready => ready.expect("a terminal can be polled"),
            };
            let mut buffer = [0; 1024];
            let read = self.master.read(&mut buffer).unwrap_or_else(|error| {
                panic!(
                    "the terminal was closed before {text:?} came ({error}); the screen has {:?}",
                    self.screen()
                )
            });
            self.screen.extend_from_slice(&buffer[..read]);
        }
    }

    /// Whether this text has been read after the one that was expected last. It reads nothing itself.
    #[must_use]
    pub fn has_printed(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    fn find(&self, text: &str) -> Option<usize> {
        if text.is_empty() {
            return Some(0);
        }
        let mut places = self.screen.windows(text.len());
        places.position(|place| place == text.as_bytes())
    }

    fn screen(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.screen)
    }
}

/// The path of a terminal's other side.
fn name_of(master: &PtyMaster) -> String {
    static NAMING: Mutex<()> = Mutex::new(());
    // The lock keeps other tests from overwriting the name before it was copied. It guards nothing that a panic could
    // have spoilt.
    let _naming = NAMING.lock().unwrap_or_else(PoisonError::into_inner);
    #[allow(unsafe_code, reason = "only some systems have a safe function")]
    // SAFETY: the C library keeps the name in one place. Nothing else here asks for a name, and the lock is held until
    // it is copied.
    let name = unsafe { ptsname(master) };
    name.expect("the terminal has a name")
}
