//! A child, as the program gets it: a handle, and the streams.

use std::fmt;
use std::io;
use std::ops::Deref;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(windows)]
use std::os::windows::io::{AsHandle, BorrowedHandle};
use std::process::Command;
use std::sync::Arc;

use super::command::{SpawnedChild, Streams};
use super::handle::ChildHandle;
use super::managed::Managed;

/// A child that was started by [`spawn`](super::spawn) or [`SpawnOptions::spawn`](super::SpawnOptions::spawn): its
/// streams, and a [`ChildHandle`], whose methods are those of the child, too.
///
/// To drop this changes nothing for the child: the child goes on, and is reaped when it ends. The exit of the app ends
/// it at the latest.
///
/// ```ignore-windows
/// use aplomb::process;
/// use std::{io::Read, process::{Command, Stdio}};
///
/// let mut child = process::spawn(Command::new("echo").arg("hello").stdout(Stdio::piped()))?;
/// let mut said = String::new();
/// child.stdout.take().unwrap().read_to_string(&mut said)?;
/// assert_eq!(said, "hello\n");
/// assert!(child.wait()?.unwrap().success());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Child<C: SpawnedChild = Command> {
    /// The other end of the child's standard input, where that was piped. `None` where its end is the
    /// [stop signal](super::StopSignal::EndOfInput).
    pub stdin: Option<C::Stdin>,
    /// The other end of the child's standard output, where that was piped.
    pub stdout: Option<C::Stdout>,
    /// The other end of the child's standard error, where that was piped.
    pub stderr: Option<C::Stderr>,
    handle: ChildHandle,
}

impl<C: SpawnedChild> Child<C> {
    pub(super) fn new(managed: Arc<Managed>, streams: Streams) -> io::Result<Self> {
        let (stdin, stdout, stderr) = C::streams(streams)?;
        Ok(Child {
            stdin,
            stdout,
            stderr,
            handle: ChildHandle::new(managed),
        })
    }

    /// Makes a handle to the child, without the streams, which can be cloned and given to other threads and tasks.
    #[must_use]
    pub fn handle(&self) -> ChildHandle {
        self.handle.clone()
    }
}

/// A child has the methods of its handle: to wait, to ask it to end, to kill it.
impl<C: SpawnedChild> Deref for Child<C> {
    type Target = ChildHandle;

    fn deref(&self) -> &ChildHandle {
        &self.handle
    }
}

impl<C: SpawnedChild> AsRef<ChildHandle> for Child<C> {
    fn as_ref(&self) -> &ChildHandle {
        &self.handle
    }
}

/// The descriptor is that of the [handle](ChildHandle#impl-AsFd-for-ChildHandle).
#[cfg(unix)]
impl<C: SpawnedChild> AsFd for Child<C> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

/// The event is that of the [handle](ChildHandle#impl-AsHandle-for-ChildHandle).
#[cfg(windows)]
impl<C: SpawnedChild> AsHandle for Child<C> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}

impl<C: SpawnedChild> fmt::Debug for Child<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.handle, f)
    }
}

/// Writes ``child `worker` (pid 7)``, and how the child has ended, once it has.
impl<C: SpawnedChild> fmt::Display for Child<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.handle, f)
    }
}
