//! The modes of the terminal, which outlive the program that has changed them: `termios(3)`. All systems have them.
//!
//! A program that reads a password turns the echo off, and one that draws on the whole screen takes each key as it is
//! typed. Whoever ends without setting the modes back leaves a terminal in which nothing is seen of what is typed. Here
//! the modes are remembered when an app begins, and set back at its end, also by a signal handler that ends the
//! process.

use std::fs::OpenOptions;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::atfork::Process;
use super::fcntl::{is_closed, move_up};
use super::signum::SIGTTOU;
use super::sigprocmask;

/// The terminal that the app was started from, and the modes that it had then.
struct Remembered {
    /// The process that the terminal is to be restored by. A forked child has a copy of this value.
    home: Process,
    terminal: OwnedFd,
    modes: libc::termios,
}

/// What is remembered for the app that is live, or null.
static REMEMBERED: AtomicPtr<Remembered> = AtomicPtr::new(ptr::null_mut());

/// How many threads and handlers look at what is remembered. While there is one it is not given back.
static READERS: AtomicUsize = AtomicUsize::new(0);

/// The first modes of the terminal, which has them again when this value is dropped.
#[derive(Debug)]
pub(crate) struct FirstModes(());

impl FirstModes {
    /// Remembers the modes of the process's controlling terminal. Returns `None` where there is no such terminal.
    ///
    /// The terminal is opened as `/dev/tty` (`tty(4)`). That is the one whose keys send us signals and whose foreground
    /// group we may be in, whichever streams are redirected, and the one that programs open to ask for a password. The
    /// descriptor is our own: the program may close or replace its streams.
    ///
    /// There is one such value at a time, since there is one app at a time.
    pub(crate) fn remember() -> Option<Self> {
        let mut open = OpenOptions::new();
        open.read(true).write(true).custom_flags(libc::O_NOCTTY);
        let terminal = move_up(OwnedFd::from(open.open("/dev/tty").ok()?));
        let mut modes = MaybeUninit::<libc::termios>::zeroed();
        // SAFETY: the pointer is valid for writing the modes.
        if unsafe { libc::tcgetattr(terminal.as_raw_fd(), modes.as_mut_ptr()) } != 0 {
            return None;
        }
        // SAFETY: the call has succeeded, so they are written.
        let modes = unsafe { modes.assume_init() };
        let remembered = Box::into_raw(Box::new(Remembered {
            home: Process::current(),
            terminal,
            modes,
        }));
        // SeqCst, as everywhere in this file: `drop` says why. Whoever reads the pointer sees what it leads to.
        REMEMBERED.store(remembered, Ordering::SeqCst);
        Some(FirstModes(()))
    }
}

impl Drop for FirstModes {
    fn drop(&mut self) {
        restore_modes();
        let remembered = REMEMBERED.swap(ptr::null_mut(), Ordering::SeqCst);
        // A reader first counts itself and then reads the pointer. This thread first takes the pointer away and then
        // looks at the count. With one order of all four at least one of the two sees the other. A reader that is seen
        // is in an exit on another thread: the process ends, and what is remembered need not be given back.
        if READERS.load(Ordering::SeqCst) == 0 {
            // SAFETY: `remember` has made it by `Box::into_raw`, the swap gives it to this thread alone, and no reader
            // has it or can get it any more.
            drop(unsafe { Box::from_raw(remembered) });
        }
    }
}

/// Gives the terminal the modes back that it had when the app began, if the app is in its foreground. In the background
/// the modes are those of somebody else, such as the shell. Where nothing is remembered this does nothing.
///
/// Async-signal-safe: it uses atomics, and calls getpid, open, tcgetpgrp, getpgrp, `pthread_sigmask` and tcsetattr,
/// which signal-safety(7) lists.
pub(crate) fn restore_modes() {
    read(Remembered::restore);
}

/// Lets this thread, and what it starts by means of the standard library, change the modes of the terminal in the
/// background, too, if the app that is live restores them.
///
/// SIGTTOU would stop the process there, in the middle of what ends it, and nobody would continue it. Who has that
/// signal blocked may change the modes (`tcsetattr(3p)`).
pub(crate) fn allow_background_changes() {
    read(|_| sigprocmask::block(SIGTTOU));
}

/// Calls the function with what this process has remembered, unless that is nothing. Async-signal-safe where the
/// function is.
fn read(look: impl FnOnce(&Remembered)) {
    // The count comes before the pointer. `drop` says why, and why both are SeqCst.
    READERS.fetch_add(1, Ordering::SeqCst);
    // SAFETY: null, or what `remember` has made. It is given back only after the pointer was taken away, and only where
    // no reader is counted; this one is counted until it is done.
    if let Some(remembered) = unsafe { REMEMBERED.load(Ordering::SeqCst).as_ref() } {
        if remembered.home.is_current() {
            look(remembered);
        }
    }
    // The count goes down after the look.
    READERS.fetch_sub(1, Ordering::SeqCst);
}

impl Remembered {
    fn restore(&self) {
        let mut terminal = self.terminal.as_raw_fd();
        // SAFETY: takes an integer. This fails where the terminal is gone, or is not ours any more.
        let mut foreground = unsafe { libc::tcgetpgrp(terminal) };
        if foreground < 0 && is_closed() {
            // Other code has closed our descriptors, and the process ends for that, or soon. Until then this one stays
            // open.
            let how = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
            // SAFETY: open gets a string that ends with 0, and tcgetpgrp an integer.
            unsafe {
                terminal = libc::open(c"/dev/tty".as_ptr(), how);
                foreground = libc::tcgetpgrp(terminal);
            }
        }
        // SAFETY: takes nothing.
        if foreground != unsafe { libc::getpgrp() } {
            return;
        }
        // We may get into the background at this very moment. The signal is blocked for this call alone.
        sigprocmask::with_blocked(SIGTTOU, || {
            // SAFETY: the modes are those that the system has given us for this terminal.
            unsafe { libc::tcsetattr(terminal, libc::TCSANOW, &raw const self.modes) };
        });
    }
}
