//! A handle to a child: all that can be done with a child, but for its streams.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(windows)]
use std::os::windows::io::{AsHandle, BorrowedHandle};
use std::pin::Pin;
use std::process::ExitStatus;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::managed::Managed;
use super::supervisor::ring;
use crate::error::Cancelled;
use crate::shield::{self, Point, Shields};
use crate::shutdown::{self, Waiter};
use crate::sys::{self, Source};

/// A handle to a child: it tells of the child, waits for it, asks it to end and kills it.
/// [`Child::handle`](super::Child::handle) makes one.
///
/// A handle is cheap to clone, and can be used on any thread and in any task. All clones, and the
/// [`Child`](super::Child), mean the same child. To drop one changes nothing for the child.
///
/// ```ignore-windows
/// use aplomb::process;
/// use std::{process::Command, thread};
///
/// let child = process::spawn(Command::new("sleep").arg("1000"))?;
/// let handle = child.handle();
/// let waiting = thread::spawn(move || child.wait());
/// handle.terminate();
/// assert!(!waiting.join().unwrap()?.unwrap().success());
/// assert!(handle.try_wait()?.is_some());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct ChildHandle {
    managed: Arc<Managed>,
}

impl ChildHandle {
    pub(super) fn new(managed: Arc<Managed>) -> Self {
        ChildHandle { managed }
    }

    /// The child's process id. The child's group has this number, too, unless the child is in the foreground. When the
    /// child has ended the number may become another process's: to send a signal use [`signal`](Self::signal).
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
    /// A process that was forked from this one knows what had ended before. To ask for, or wait for, another status is
    /// an error there.
    ///
    /// A child that was asked to end has ended when its whole group has.
    ///
    /// # Errors
    ///
    /// When other code has reaped the child, so that the status is lost: `waitpid(-1, …)`, or an ignored SIGCHLD. When
    /// the child was to be killed and could not be, because it has become another user's: nobody waits for it then.
    pub fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        self.managed.status().transpose()
    }

    /// Blocks until the child has ended. This is an interruption point, and does not poll.
    ///
    /// # Errors
    ///
    /// The outer ones are those of [`try_wait`](Self::try_wait); the inner one is [`Cancelled`]. After `Cancelled` the
    /// child goes on.
    pub fn wait(&self) -> io::Result<Result<ExitStatus, Cancelled>> {
        loop {
            match self.wait_timeout(Duration::MAX)? {
                Ok(Some(status)) => return Ok(Ok(status)),
                // The time is not up before the end of the world.
                Ok(None) => {}
                Err(cancelled) => return Ok(Err(cancelled)),
            }
        }
    }

    /// Blocks until the child has ended, but for this long at the most. Returns `None` when the time is up. This is an
    /// interruption point, and does not poll. Inside a shield only the child and the time end it.
    ///
    /// ```ignore-windows
    /// use aplomb::process;
    /// use std::{process::Command, time::Duration};
    ///
    /// let child = process::spawn(Command::new("sleep").arg("1000"))?;
    /// if child.wait_timeout(Duration::from_millis(10))?.unwrap().is_none() {
    ///     child.kill();
    /// }
    /// assert!(child.wait()?.is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`wait`](Self::wait). After `Cancelled`, and when the time is up, the child goes on.
    pub fn wait_timeout(
        &self,
        limit: Duration,
    ) -> io::Result<Result<Option<ExitStatus>, Cancelled>> {
        match wait_for_one(&[self], limit)? {
            // Where both have come the cancellation is what counts, as at the other interruption points.
            Err(cancelled) => Ok(Err(cancelled)),
            Ok(None) => Ok(Ok(None)),
            Ok(Some(_)) => self.status().map(|status| Ok(Some(status))),
        }
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
            waiter: Waiter::new(self.managed.waiters()),
            waits: None,
        }
    }

    /// Asks the child to end, and waits until it has, with its group. Those that have not ended when the grace is over
    /// are killed. This is not an interruption point: it is for `stop`.
    ///
    /// ```no_run
    /// # use aplomb::process::Child;
    /// fn stop(server: Child) -> std::io::Result<()> {
    ///     println!("the server has ended: {}", server.stop()?);
    ///     Ok(())
    /// }
    /// ```
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

    /// Asks the child to end, and waits for that in a task, on any executor. The child was asked when this method
    /// returns. To drop the future ends the wait only: the child is killed all the same when its grace is over.
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

    /// Asks the child to end, by its [stop signal](super::StopSignal), and does not wait. A child that has not ended
    /// when its [grace](super::SpawnOptions::grace) is over is killed. A second call does nothing.
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

    /// Sends a signal to the child: to its group, unless the child is in the foreground. Returns whether the child had
    /// not ended.
    ///
    /// Processes of the group that have become another user's do not get the signal, and nothing tells of them.
    ///
    /// ```no_run
    /// # use aplomb::process::Child;
    /// use aplomb::signal::SIGHUP;
    ///
    /// fn reload(server: &Child) -> std::io::Result<()> {
    ///     server.signal(SIGHUP).map(drop)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `kill(2)`: there is no such signal, or the child itself has become another user's. Others of its group
    /// may have got the signal then.
    pub fn signal(&self, signal: i32) -> io::Result<bool> {
        self.managed.signal(signal)
    }

    /// Blocks until the child has ended, whatever is requested.
    pub(super) fn wait_to_the_end(&self) -> io::Result<ExitStatus> {
        if !self.managed.is_ours() {
            // In a forked child the status, or an error, is there at once.
            return self.status();
        }
        let _waits = Waits::for_child(&self.managed);
        let waited = sys::wait_until_ready(&[self.managed.over_event()], None);
        waited.expect("poll(2) on a descriptor of our own");
        self.status()
    }

    /// Blocks until the child has said that it is ready, if it is to say so. A child that is not ready is killed, and
    /// waited for.
    pub(super) fn wait_until_ready(&self) -> io::Result<()> {
        let Some(starting) = self.managed.starting() else {
            return Ok(());
        };
        let decided: [&dyn Source; 1] = [&starting.decided];
        let waited = match shutdown::current() {
            Some(shutdown) => shutdown.wait_until_ready(Point::Spawn, &decided, None),
            None => sys::wait_until_ready(&decided, None).map(Ok),
        };
        if !matches!(waited, Ok(Ok(_))) {
            // What becomes of the child is not this error's to tell. It has ended, or cannot be ended.
            let _ = self.stop();
        }
        if let Err(cancelled) = waited? {
            return Err(cancelled.into());
        }
        if self.managed.is_ready() {
            return Ok(());
        }
        let status = self.wait_to_the_end().ok();
        self.not_ready(status)
    }

    /// Waits in a task until the child has said that it is ready. To drop the future before that asks the child to end.
    pub(super) async fn until_ready(self) -> io::Result<()> {
        /// Asks a child to end that is not ready.
        struct Unready<'a>(&'a ChildHandle);
        impl Drop for Unready<'_> {
            fn drop(&mut self) {
                if !self.0.managed.is_ready() {
                    self.0.terminate();
                }
            }
        }
        let Some(starting) = self.managed.starting() else {
            return Ok(());
        };
        let unready = Unready(&self);
        let mut waiter = Waiter::new(&starting.waiters);
        let is_decided = || self.managed.is_decided().then_some(());
        poll_fn(|context| poll(&mut waiter, context, is_decided)).await;
        if self.managed.is_ready() {
            return Ok(());
        }
        let status = self.wait_async().await.ok();
        drop(unready);
        self.not_ready(status)
    }

    fn not_ready(&self, status: Option<ExitStatus>) -> io::Result<()> {
        let error = self.managed.not_ready(status);
        error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Returns the status of the child, which has ended.
    fn status(&self) -> io::Result<ExitStatus> {
        let unknown = || Err(io::Error::other(self.managed.to_string()));
        self.managed.status().unwrap_or_else(unknown)
    }
}

/// Blocks until one of several children has ended, and returns its position among them. This is an interruption point,
/// and does not poll: inside a shield it waits for the children alone.
///
/// A child that had ended before counts, so take it out of those that you wait for. Where several have ended this is
/// the first of them.
///
/// In tasks, await the [`wait_async`](ChildHandle::wait_async) of each, by `FuturesUnordered` or `select_all` of the
/// crate `futures`.
///
/// ```ignore-windows
/// use aplomb::process;
/// use std::process::Command;
///
/// let start = |code: u8| process::spawn(Command::new("sh").args(["-c", &format!("exit {code}")]));
/// let mut workers = vec![start(1)?, start(2)?, start(3)?];
/// while !workers.is_empty() {
///     let ended = process::wait_any(&workers)?.unwrap();
///     println!("{}", workers.swap_remove(ended)); // child `sh` (pid 7) has ended: exit status: 2
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// The outer error is one of `poll(2)`, as where other code has closed a descriptor of ours. The inner one is
/// [`Cancelled`]; the children go on then.
///
/// # Panics
///
/// If nothing could ever end the wait: there are no children, and no cancellation, since this is inside a shield or
/// there is no app.
pub fn wait_any<T: AsRef<ChildHandle>>(children: &[T]) -> io::Result<Result<usize, Cancelled>> {
    assert!(
        !children.is_empty() || (shutdown::current().is_some() && !shield::held(Shields::All)),
        "`wait_any` would wait for ever: there are no children to wait for, and no cancellation"
    );
    loop {
        match wait_any_timeout(children, Duration::MAX)? {
            Ok(Some(ended)) => return Ok(Ok(ended)),
            // The time is not up before the end of the world.
            Ok(None) => {}
            Err(cancelled) => return Ok(Err(cancelled)),
        }
    }
}

/// Blocks until one of several children has ended, but for this long at the most: what [`wait_any`] does, with a limit.
/// Returns `None` when the time is up.
///
/// ```ignore-windows
/// use aplomb::process;
/// use std::{process::Command, time::Duration};
///
/// let workers = [process::spawn(Command::new("sleep").arg("1000"))?];
/// let ended = process::wait_any_timeout(&workers, Duration::from_millis(10))?;
/// assert_eq!(ended, Ok(None)); // all of them go on
/// workers[0].stop()?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`wait_any`].
pub fn wait_any_timeout<T: AsRef<ChildHandle>>(
    children: &[T],
    limit: Duration,
) -> io::Result<Result<Option<usize>, Cancelled>> {
    let children: Vec<_> = children.iter().map(AsRef::as_ref).collect();
    wait_for_one(&children, limit)
}

/// Blocks until one of these has ended, or the time is up, or the cancellation comes.
fn wait_for_one(
    children: &[&ChildHandle],
    limit: Duration,
) -> io::Result<Result<Option<usize>, Cancelled>> {
    // In a forked child the status of its parent's child, or an error, is there at once.
    if let Some(known) = children.iter().position(|child| !child.managed.is_ours()) {
        return Ok(Ok(Some(known)));
    }
    let ends = children
        .iter()
        .map(|child| child.managed.over_event() as &dyn Source);
    let ends: Vec<_> = ends.collect();
    let waits = children.iter().filter(|child| !child.managed.is_over());
    let _waits: Vec<_> = waits
        .map(|child| Waits::for_child(&child.managed))
        .collect();
    match shutdown::current() {
        Some(shutdown) => shutdown.wait_until_ready(Point::Child, &ends, Some(limit)),
        None => sys::wait_until_ready(&ends, Some(limit)).map(Ok),
    }
}

/// The descriptor is readable from the moment on when the child has ended. It is for `poll`, `epoll` and mio, beside
/// other descriptors. Never read from it.
#[cfg(unix)]
impl AsFd for ChildHandle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.managed.over_event().as_fd()
    }
}

/// The event is set from the moment on when the child has ended. It is for `WaitForMultipleObjects`, beside other
/// handles. Never reset it.
#[cfg(windows)]
impl AsHandle for ChildHandle {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.managed.over_event().as_handle()
    }
}

/// A [`Child`](super::Child) is one, too: functions that take several children take either.
impl AsRef<ChildHandle> for ChildHandle {
    fn as_ref(&self) -> &ChildHandle {
        self
    }
}

impl fmt::Debug for ChildHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.managed, f)
    }
}

/// The child by its name and process id, and how it has ended, once it has.
impl fmt::Display for ChildHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.managed, f)
    }
}

/// Somebody who waits for a child, which is looked at if that takes long.
pub(super) struct Waits<'a>(&'a Managed);

impl<'a> Waits<'a> {
    pub(super) fn for_child(child: &'a Managed) -> Self {
        if child.wait_begins() {
            ring();
        }
        Waits(child)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.wait_ends();
    }
}

/// Polls for what the waiters are woken at.
fn poll<T>(
    waiter: &mut Waiter<'_>,
    context: &mut Context<'_>,
    look: impl Fn() -> Option<T>,
) -> Poll<T> {
    if let Some(ready) = look() {
        return Poll::Ready(ready);
    }
    // What is waited for may come now. It is there before the tasks are woken, so a task that registers too late finds
    // it.
    waiter.register(0, context.waker());
    look().map_or(Poll::Pending, Poll::Ready)
}

/// Waits for the end of a child: what [`ChildHandle::wait_async`] and [`ChildHandle::stop_async`] return.
#[must_use = "futures do nothing unless awaited"]
pub struct WaitFuture<'a> {
    managed: &'a Managed,
    waiter: Waiter<'a>,
    /// There once the future was polled.
    waits: Option<Waits<'a>>,
}

impl Future for WaitFuture<'_> {
    type Output = io::Result<ExitStatus>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let managed = self.managed;
        let polled = poll(&mut self.waiter, context, || managed.status());
        if polled.is_ready() {
            self.waits = None;
        } else if self.waits.is_none() {
            self.waits = Some(Waits::for_child(managed));
        }
        polled
    }
}

impl fmt::Debug for WaitFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WaitFuture").field(&self.managed).finish()
    }
}
