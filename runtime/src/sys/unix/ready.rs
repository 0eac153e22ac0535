//! How a child says that it is ready: a `pipe(2)` whose writing end it inherits. All systems have pipes.
//!
//! The child learns the number of that end by a variable of its environment, so that shells can use it. A number is
//! soon another file's, and a variable is inherited by those who do not have the descriptor. So a second variable says
//! which pipe it is.

use std::env;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::fcntl::{move_up, never_block};
use super::pipe2::pipe;
use super::poll::{Source, pollfd};
use crate::sys::{Interest, Said};

/// The variable with the number of the descriptor.
const FD: &str = "APLOMB_READY_FD";

/// The variable with the number of the pipe's inode.
const INODE: &str = "APLOMB_READY_INODE";

/// The end at which we learn that a child is ready. It is kept until the child has ended, so that a child may say it
/// twice.
#[derive(Debug)]
pub(crate) struct ReadyReader(OwnedFd);

impl ReadyReader {
    /// Looks whether the child has said that it is ready.
    pub(crate) fn look(&self) -> Said {
        let mut byte = 0_u8;
        // SAFETY: the pointer is valid for writing one byte.
        match unsafe { libc::read(self.0.as_raw_fd(), (&raw mut byte).cast(), 1) } {
            1.. => Said::Ready,
            0 => Said::Never,
            // EAGAIN, since the end does not block.
            _ => Said::Nothing,
        }
    }
}

impl Source for ReadyReader {
    fn pollfd(&self) -> libc::pollfd {
        pollfd(&self.0, Interest::Read)
    }
}

/// The end that the child gets. It is closed on exec in all other children: only in this one the flag is taken away,
/// after the fork.
#[derive(Debug)]
pub(crate) struct ReadyWriter(OwnedFd);

impl ReadyWriter {
    pub(super) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Has a command tell the child of this end.
    pub(crate) fn tell(&self, command: &mut Command) -> io::Result<()> {
        let inode = inode_of(self.number())?;
        command.env(FD, self.number().to_string());
        command.env(INODE, inode.to_string());
        Ok(())
    }
}

/// Has a command hand on to no child what it was told for another one.
pub(crate) fn untell(command: &mut Command) {
    command.env_remove(FD).env_remove(INODE);
}

/// Has a command not hand on what this process was told itself, as a child of another one.
pub(crate) fn keep_to_ourselves(command: &mut Command) {
    if env::var_os(FD).is_some() {
        untell(command);
    }
}

/// Makes the two ends.
///
/// # Errors
///
/// When no descriptor is left.
pub(crate) fn ready_pipe() -> io::Result<(ReadyReader, ReadyWriter)> {
    let (reader, mut writer) = pipe()?;
    never_block(&reader)?;
    if writer.as_raw_fd() <= 2 {
        // This number is free only where the program has closed a standard stream. The child has all three. The new
        // number is 3 or more.
        writer = writer.try_clone()?;
    }
    // The child alone uses the other end, so that one keeps its number.
    Ok((ReadyReader(move_up(reader)), ReadyWriter(writer)))
}

/// Returns the inode of a pipe, by which one is told from another (`fstat(2)`).
fn inode_of(fd: RawFd) -> io::Result<libc::ino_t> {
    let mut stat = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the pointer is valid for writing a stat. A number that is not open is an error.
    if unsafe { libc::fstat(fd, stat.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call has succeeded, so it is written.
    let stat = unsafe { stat.assume_init() };
    if stat.st_mode & libc::S_IFMT != libc::S_IFIFO {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(stat.st_ino)
}

/// Returns whether a descriptor may have been inherited: those that the standard library opens are closed on exec.
fn is_inherited(fd: RawFd) -> bool {
    // SAFETY: fcntl takes integers here. A number that is not open is an error, -1, which has the flag.
    unsafe { libc::fcntl(fd, libc::F_GETFD) & libc::FD_CLOEXEC == 0 }
}

/// Says that this process is ready, if it was started by somebody who wants to know that. From the second time on
/// nothing happens.
pub(crate) fn say_ready() {
    static SAID: AtomicBool = AtomicBool::new(false);
    let (Ok(fd), Ok(inode)) = (env::var(FD), env::var(INODE)) else {
        return;
    };
    let Ok(fd) = fd.parse::<RawFd>() else {
        return;
    };
    // Relaxed: the exchange alone decides who says it, and nothing is handed over.
    if SAID.swap(true, Ordering::Relaxed) {
        return;
    }
    // The descriptor is closed on exec where this process got the variables from another one than it got its
    // descriptors from. Then the number is free, or another file's.
    if inode_of(fd).map(|own| own.to_string()).ok() != Some(inode) || !is_inherited(fd) {
        return;
    }
    // SAFETY: it is the end that was made for this process, or for those that have started it and were to hand it on.
    // Only this function knows of it, and gets here once.
    let end = unsafe { OwnedFd::from_raw_fd(fd) };
    // SAFETY: the buffer is valid for its one byte. Whoever has wanted to know may be gone, which is an error and no
    // signal: Rust ignores SIGPIPE.
    unsafe { libc::write(end.as_raw_fd(), b"\n".as_ptr().cast(), 1) };
}
