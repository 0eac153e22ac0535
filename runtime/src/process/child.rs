//! A child, as the program sees it.

use std::fmt;
use std::future::Future;
use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::task::{Context, Poll};

use super::entry::Entry;
use super::keeper;
use super::program::{Program, Streams};
use super::state::End;
use crate::error::Cancelled;
use crate::shutdown;
use crate::sys;

/// A child that was started by [`spawn`](super::spawn) or [`SpawnOptions::spawn`](super::SpawnOptions::spawn).
///
/// Dropping it changes nothing for the child: it goes on, and is reaped when it ends; the exit of the app ends it at
/// the latest.
///
/// ```
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
pub struct Child<P: Program = Command> {
    /// The other end of its standard input, where that was piped; unless it is told to end by it.
    pub stdin: Option<P::Stdin>,
    /// The other end of its standard output, where that was piped.
    pub stdout: Option<P::Stdout>,
    /// The other end of its standard error, where that was piped.
    pub stderr: Option<P::Stderr>,
    entry: Arc<Entry>,
}

impl<P: Program> Child<P> {
    pub(super) fn new(entry: Arc<Entry>) -> Self {
        Child {
            stdin: None,
            stdout: None,
            stderr: None,
            entry,
        }
    }

    pub(super) fn with_streams(mut self, streams: Streams) -> io::Result<Self> {
        (self.stdin, self.stdout, self.stderr) = P::streams(streams)?;
        Ok(self)
    }

    /// Its process id, which is also that of its group, unless it is in the foreground. When it has ended the number
    /// may become another process's: to send a signal use [`signal`](Self::signal).
    #[must_use]
    pub fn id(&self) -> i32 {
        self.entry.pid()
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.entry.name()
    }

    /// Its status, if it has ended; whoever asks, and how often.
    ///
    /// A child that was told to end has ended when its whole group has.
    ///
    /// # Errors
    ///
    /// When other code has reaped it, and its status is lost: `waitpid(-1, …)`, or an ignored SIGCHLD. When it was to
    /// be killed and could not be, because it has become another user's: nobody waits for it then.
    pub fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        self.entry.end().map(|end| self.status(end)).transpose()
    }

    /// Blocks until it has ended: an interruption point. It does not poll.
    ///
    /// # Errors
    ///
    /// The outer ones are those of [`try_wait`](Self::try_wait); the inner one is [`Cancelled`]. The child goes on
    /// then.
    ///
    /// # Panics
    ///
    /// If other code has closed a descriptor of ours.
    pub fn wait(&self) -> io::Result<Result<ExitStatus, Cancelled>> {
        if let Some(shutdown) = shutdown::current() {
            // Of the two the request is seen first, as at the other interruption points.
            if let Err(cancelled) = shutdown.wait_until_ready(self.entry.over_event())? {
                return Ok(Err(cancelled));
            }
        }
        self.wait_to_the_end().map(Ok)
    }

    /// The same for tasks, on any executor; it ends with the child and with nothing else.
    ///
    /// ```no_run
    /// # use aplomb::{Shutdown, process::Child};
    /// # async fn example(child: Child, shutdown: &Shutdown) -> Result<(), Box<dyn std::error::Error>> {
    /// let status = shutdown.run_until_cancelled(child.wait_async()).await??;
    /// # let _ = status;
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_async(&self) -> Waiting<'_> {
        Waiting {
            entry: &self.entry,
            key: None,
        }
    }

    /// Tells it to end, and waits until it has, with its group; who has not when the grace is over is killed. Not an
    /// interruption point: it is for `stop`.
    ///
    /// # Errors
    ///
    /// Those of [`try_wait`](Self::try_wait).
    ///
    /// # Panics
    ///
    /// If other code has closed a descriptor of ours.
    pub fn stop(&self) -> io::Result<ExitStatus> {
        self.tell();
        self.wait_to_the_end()
    }

    /// The same for tasks, on any executor. It was told when this returns; dropping what it returns leaves the rest to us.
    ///
    /// ```no_run
    /// # use aplomb::process::Child;
    /// async fn stop(workers: Vec<Child>) -> std::io::Result<()> {
    ///     for worker in &workers {
    ///         worker.tell(); // all of them at once
    ///     }
    ///     for worker in &workers {
    ///         worker.stop_async().await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn stop_async(&self) -> Waiting<'_> {
        self.tell();
        self.wait_async()
    }

    /// Tells it to end, as its options say how, and does not wait. Who has not ended when the grace is over is
    /// killed. Once told it is told no more.
    pub fn tell(&self) {
        self.entry.tell();
        keeper::ring();
    }

    /// Kills it, with its group, by SIGKILL, and does not wait.
    pub fn kill(&self) {
        self.entry.kill();
        keeper::ring();
    }

    /// Sends it a signal: to its group, unless it is in the foreground. Whether it had not ended.
    ///
    /// # Errors
    ///
    /// Those of `kill(2)`: there is no such signal, or the child has become another user's.
    pub fn signal(&self, signal: i32) -> io::Result<bool> {
        self.entry.signal(signal)
    }

    fn wait_to_the_end(&self) -> io::Result<ExitStatus> {
        let waited = sys::wait_until_ready(&[self.entry.over_event()], None);
        waited.expect("poll(2) on a descriptor of our own");
        match self.entry.end() {
            Some(end) => self.status(end),
            None => Err(lost(&self.entry)),
        }
    }

    fn status(&self, end: End) -> io::Result<ExitStatus> {
        status(&self.entry, end)
    }
}

/// Readable when it has ended, and it stays so: for `poll`, `epoll`, mio, beside other descriptors. Never read it.
#[cfg(unix)]
impl<P: Program> AsFd for Child<P> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.entry.over_event().as_fd()
    }
}

fn status(entry: &Entry, end: End) -> io::Result<ExitStatus> {
    match end {
        End::Status(status) => Ok(status),
        End::Lost => Err(lost(entry)),
        End::Beyond => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            entry.to_string(),
        )),
    }
}

fn lost(entry: &Entry) -> io::Error {
    io::Error::other(entry.to_string())
}

/// Waits for the end of a child; from [`Child::wait_async`] and [`Child::stop_async`].
#[must_use = "futures do nothing unless awaited"]
pub struct Waiting<'a> {
    entry: &'a Entry,
    /// By which the entry knows it, once it was polled.
    key: Option<u64>,
}

impl Future for Waiting<'_> {
    type Output = io::Result<ExitStatus>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let entry = self.entry;
        let over = entry.poll_over(context, &mut self.key);
        over.map(|end| status(entry, end))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.entry.forget(key);
        }
    }
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Waiting").field(&self.entry).finish()
    }
}

impl<P: Program> fmt::Debug for Child<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.entry, f)
    }
}

/// `child `worker` (pid 7)`, and how it has ended, once it has.
impl<P: Program> fmt::Display for Child<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.entry, f)
    }
}
