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

use super::command::{SpawnedChild, Streams};
use super::managed::Managed;
use super::supervisor::ring;
use crate::error::Cancelled;
use crate::shield::Point;
use crate::shutdown::{self, Key};
use crate::sys;

/// A child that was started by [`spawn`](super::spawn) or [`SpawnOptions::spawn`](super::SpawnOptions::spawn).
///
/// To drop this changes nothing for the child: the child goes on, and is reaped when it ends. The exit of the app ends it at
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
pub struct Child<C: SpawnedChild = Command> {
    /// The other end of the child's standard input, where that was piped. `None` where its end is the
    /// [stop signal](super::StopSignal::EndOfInput).
    pub stdin: Option<C::Stdin>,
    /// The other end of the child's standard output, where that was piped.
    pub stdout: Option<C::Stdout>,
    /// The other end of the child's standard error, where that was piped.
    pub stderr: Option<C::Stderr>,
    managed: Arc<Managed>,
}

impl<C: SpawnedChild> Child<C> {
    pub(super) fn new(managed: Arc<Managed>, streams: Streams) -> io::Result<Self> {
        let (stdin, stdout, stderr) = C::streams(streams)?;
        Ok(Child {
            stdin,
            stdout,
            stderr,
            managed,
        })
    }

    /// The child's process id. The child's group has this number, too, unless the child is in the foreground. When the child has
    /// ended the number may become another process's: to send a signal use [`signal`](Self::signal).
    #[must_use]
    pub fn id(&self) -> i32 {
        self.managed.pid()
    }

    /// The child's name: the [option](super::SpawnOptions::name), or the program's file name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.managed.name()
    }

    /// The child's status, if the child has ended. Anyone may ask, any number of times.
    ///
    /// A child that was asked to end has ended when its whole group has.
    ///
    /// # Errors
    ///
    /// When other code has reaped the child, so that the status is lost: `waitpid(-1, …)`, or an ignored SIGCHLD. When the child was
    /// to be killed and could not be, because it has become another user's: nobody waits for it then.
    pub fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        self.managed.status().transpose()
    }

    /// Blocks until the child has ended. This is an interruption point, and does not poll.
    ///
    /// # Errors
    ///
    /// The outer ones are those of [`try_wait`](Self::try_wait); the inner one is [`Cancelled`]. After `Cancelled` the child goes on.
    ///
    /// # Panics
    ///
    /// If other code has closed a descriptor of ours.
    pub fn wait(&self) -> io::Result<Result<ExitStatus, Cancelled>> {
        if let Some(shutdown) = shutdown::current() {
            // Where both have come the cancellation is what counts, as at the other interruption points.
            if let Err(cancelled) =
                shutdown.wait_until_ready(Point::Child, self.managed.over_event())?
            {
                return Ok(Err(cancelled));
            }
        }
        self.wait_to_the_end().map(Ok)
    }

    /// Waits in a task, on any executor, until the child has ended. No request ends this wait.
    ///
    /// ```no_run
    /// # use aplomb::{Shutdown, process::Child};
    /// # async fn example(child: Child, shutdown: &Shutdown) -> Result<(), Box<dyn std::error::Error>> {
    /// let status = shutdown.run_until_cancelled(child.wait_async()).await??;
    /// # let _ = status;
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_async(&self) -> WaitFuture<'_> {
        WaitFuture {
            managed: &self.managed,
            key: None,
        }
    }

    /// Asks the child to end, and waits until it has, with its group. Those that have not ended when the grace is over are killed.
    /// This is not an interruption point: it is for `stop`.
    ///
    /// # Errors
    ///
    /// Those of [`try_wait`](Self::try_wait).
    ///
    /// # Panics
    ///
    /// If other code has closed a descriptor of ours.
    pub fn stop(&self) -> io::Result<ExitStatus> {
        self.terminate();
        self.wait_to_the_end()
    }

    /// Asks the child to end, and waits for that in a task, on any executor. The child was asked when this method returns. To drop
    /// the future ends the wait only: the child is killed all the same when its grace is over.
    ///
    /// ```no_run
    /// # use aplomb::process::Child;
    /// async fn stop(workers: Vec<Child>) -> std::io::Result<()> {
    ///     for worker in &workers {
    ///         worker.terminate(); // all of them at once
    ///     }
    ///     for worker in &workers {
    ///         worker.stop_async().await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn stop_async(&self) -> WaitFuture<'_> {
        self.terminate();
        self.wait_async()
    }

    /// Asks the child to end, by its [stop signal](super::StopSignal), and does not wait. A child that has not ended when its
    /// [grace](super::SpawnOptions::grace) is over is killed. A second call does nothing.
    pub fn terminate(&self) {
        self.managed.terminate();
        // The bell rings after the child was asked, since from now on the supervisor counts its time.
        ring();
    }

    /// Kills the child, with its group, by SIGKILL, and does not wait.
    pub fn kill(&self) {
        self.managed.kill();
        // The bell rings after the child was killed, since the supervisor looks whether that was refused.
        ring();
    }

    /// Sends a signal to the child: to its group, unless the child is in the foreground. Returns whether the child had not ended.
    ///
    /// # Errors
    ///
    /// Those of `kill(2)`: there is no such signal, or the child has become another user's.
    pub fn signal(&self, signal: i32) -> io::Result<bool> {
        self.managed.signal(signal)
    }

    fn wait_to_the_end(&self) -> io::Result<ExitStatus> {
        let waited = sys::wait_until_ready(&[self.managed.over_event()], None);
        waited.expect("poll(2) on a descriptor of our own");
        // In a forked child the descriptor tells of an end that its copy of the state knows nothing of.
        let unknown = || Err(io::Error::other(self.managed.to_string()));
        self.managed.status().unwrap_or_else(unknown)
    }
}

/// The descriptor is readable from the moment on when the child has ended. It is for `poll`, `epoll` and mio, beside
/// other descriptors. Never read from it.
#[cfg(unix)]
impl<C: SpawnedChild> AsFd for Child<C> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.managed.over_event().as_fd()
    }
}

impl<C: SpawnedChild> fmt::Debug for Child<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.managed, f)
    }
}

/// Writes ``child `worker` (pid 7)``, and how the child has ended, once it has.
impl<C: SpawnedChild> fmt::Display for Child<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.managed, f)
    }
}

/// Waits for the end of a child: what [`Child::wait_async`] and [`Child::stop_async`] return.
#[must_use = "futures do nothing unless awaited"]
pub struct WaitFuture<'a> {
    managed: &'a Managed,
    /// The place of this future's task among those that wait, once the future was polled.
    key: Option<Key>,
}

impl Future for WaitFuture<'_> {
    type Output = io::Result<ExitStatus>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.managed.status().is_none() {
            // The child may end now. The status is there before the tasks are woken, so a task that registers too late finds it.
            self.key = self.managed.wake_when_over(self.key, context.waker());
        }
        self.managed.status().map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for WaitFuture<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.managed.forget(key);
        }
    }
}

impl fmt::Debug for WaitFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WaitFuture").field(&self.managed).finish()
    }
}
