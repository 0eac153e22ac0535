//! The interruption points of threads: ways to look and to wait that the cancellation ends.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(windows)]
use std::os::windows::io::AsSocket;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::Shutdown;
use crate::error::Cancelled;
use crate::shield::{self, MaskedWait, Point, Waiting};
use crate::sys::{self, Descriptor, Event, Interest, Source};
use crate::unwind::call;

impl Shutdown {
    /// Whether the cancellation has come, and no shield of the current thread or task masks it.
    #[inline]
    fn is_cancelled_here(&self) -> bool {
        self.inbox().word().cancelled() && !self.is_masked()
    }

    /// Whether the current thread or task is inside a shield that this handle does not look through.
    fn is_masked(&self) -> bool {
        shield::held(self.masks)
    }

    /// Returns `Err` once `run` is cancelled. Put it where work may be left unfinished, such as at the top of a loop.
    ///
    /// This never blocks. It costs an atomic load until the cancellation.
    ///
    /// ```
    /// use aplomb::{Cancelled, Shutdown};
    ///
    /// fn sum(numbers: &[u64], shutdown: &Shutdown) -> Result<u64, Cancelled> {
    ///     let mut sum = 0;
    ///     for number in numbers {
    ///         shutdown.checkpoint()?;
    ///         sum += number;
    ///     }
    ///     Ok(sum)
    /// }
    /// # let shutdown = Shutdown::new();
    /// # assert_eq!(sum(&[1, 2], &shutdown), Ok(3));
    /// # shutdown.request("an example");
    /// # assert_eq!(sum(&[1, 2], &shutdown), Err(Cancelled));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Cancelled`] from the cancellation on, except inside a shield. The cancellation comes with the request, or at
    /// the end of the app's drain time.
    #[inline]
    pub fn checkpoint(&self) -> Result<(), Cancelled> {
        if self.is_cancelled_here() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Sleeps for this long, or until the cancellation. With a duration of zero this only looks, like
    /// [`checkpoint`](Self::checkpoint).
    ///
    /// Inside a shield this sleeps for the whole time.
    ///
    /// ```no_run
    /// # use aplomb::{Cancelled, Shutdown};
    /// use std::time::Duration;
    ///
    /// # fn tidy_up() {}
    /// fn run(shutdown: &Shutdown) -> Result<(), Cancelled> {
    ///     loop {
    ///         tidy_up();
    ///         shutdown.sleep(Duration::from_secs(3600))?;
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Cancelled`], if the cancellation came before the time was up.
    ///
    /// # Panics
    ///
    /// If other code has closed the handle's descriptor.
    pub fn sleep(&self, duration: Duration) -> Result<(), Cancelled> {
        if self.block(Point::Sleep, Some(duration)) {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Blocks until the cancellation.
    ///
    /// The thread sleeps in one system call without waking in between. The signal handler itself wakes it, where the
    /// app has no drain time.
    ///
    /// Inside a shield this blocks for ever, since there is no cancellation to wait for. That is a mistake. After the
    /// request the shield is named as one that holds up the end, and the line tells of this wait.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// # shutdown.request("an example");
    /// shutdown.wait();
    /// println!("stopping: {}", shutdown.reason().unwrap());
    /// ```
    ///
    /// # Panics
    ///
    /// If other code has closed the handle's descriptor.
    pub fn wait(&self) {
        self.block(Point::Wait, None);
    }

    /// Blocks until the cancellation, but for this long at the most. Returns whether the cancellation has come.
    ///
    /// Inside a shield this blocks for the whole time, and returns `false`.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let shutdown = aplomb::Shutdown::new();
    /// assert!(!shutdown.wait_timeout(Duration::from_millis(1)));
    /// ```
    ///
    /// # Panics
    ///
    /// If other code has closed the handle's descriptor.
    #[must_use = "whether the cancellation has come"]
    pub fn wait_timeout(&self, duration: Duration) -> bool {
        self.block(Point::WaitTimeout, Some(duration))
    }

    /// Blocks until the cancellation that the current thread sees, or until the time is up. Returns whether the
    /// cancellation has come.
    fn block(&self, wait: Point, timeout: Option<Duration>) -> bool {
        // In a forked child the events are the parent's, and only the word tells.
        if self.is_cancelled_here() {
            return true;
        }
        let came = if self.is_masked() {
            // There is nothing to wait for but the time.
            self.wait_inside(wait, &[], timeout)
        } else {
            sys::wait_until_ready(&[self.inbox().cancelled_event()], timeout)
        };
        came.expect("a wait for an event of our own").is_some()
    }

    /// Blocks until a descriptor (on Windows: a socket) is ready for input or output, or until the cancellation. If
    /// both have come, the cancellation is reported.
    ///
    /// Ready is a hint, as always with `poll(2)`: another thread may take the data first, and a read could block after
    /// all. So a descriptor that several threads use should be non-blocking. [`accept`](Self::accept) takes care of
    /// that for listeners.
    ///
    /// Inside a shield this waits for the descriptor alone.
    ///
    /// ```
    /// use aplomb::{Cancelled, Interest, Shutdown};
    /// use std::io::{self, Read};
    /// use std::net::TcpStream;
    ///
    /// fn read(from: &mut TcpStream, shutdown: &Shutdown) -> io::Result<Option<u8>> {
    ///     let Ok(()) = shutdown.ready(from, Interest::Read)? else {
    ///         return Ok(None); // `run` is cancelled
    ///     };
    ///     let mut byte = [0];
    ///     from.read_exact(&mut byte)?;
    ///     Ok(Some(byte[0]))
    /// }
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let mut from = TcpStream::connect(listener.local_addr()?)?;
    /// # let shutdown = Shutdown::new();
    /// # shutdown.request("an example");
    /// # assert_eq!(read(&mut from, &shutdown)?, None);
    /// # Ok::<(), io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The outer error is one of `poll(2)`: the descriptor is not open. On Windows it is one of the request to the
    /// driver of sockets. The inner error is [`Cancelled`].
    pub fn ready(
        &self,
        #[cfg(unix)] on: &impl AsFd,
        #[cfg(windows)] on: &impl AsSocket,
        interest: Interest,
    ) -> io::Result<Result<(), Cancelled>> {
        let descriptor = Descriptor::new(on, interest);
        let ready = self.wait_until_ready(Point::Ready, &[&descriptor], None)?;
        Ok(ready.map(drop))
    }

    /// Blocks until a descriptor (on Windows: a socket) is ready for input or output, but for this long at the most:
    /// what [`ready`](Self::ready) does, with a limit. Returns whether it is ready.
    ///
    /// ```
    /// use aplomb::{Interest, Shutdown};
    /// use std::net::UdpSocket;
    /// use std::time::Duration;
    ///
    /// # let shutdown = Shutdown::new();
    /// let socket = UdpSocket::bind("127.0.0.1:0")?;
    /// let ready = shutdown.ready_timeout(&socket, Interest::Read, Duration::from_millis(1))?;
    /// assert_eq!(ready, Ok(false)); // nothing has come in time
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`ready`](Self::ready).
    pub fn ready_timeout(
        &self,
        #[cfg(unix)] on: &impl AsFd,
        #[cfg(windows)] on: &impl AsSocket,
        interest: Interest,
        limit: Duration,
    ) -> io::Result<Result<bool, Cancelled>> {
        let descriptor = Descriptor::new(on, interest);
        let ready = self.wait_until_ready(Point::ReadyTimeout, &[&descriptor], Some(limit))?;
        Ok(ready.map(|first| first.is_some()))
    }

    /// Blocks until one of the sources is ready, or until the time is up, or until the cancellation that the current
    /// thread sees. Returns the position of the first source that is ready, or `None` when the time is up. If a source
    /// is ready and the cancellation has come, the cancellation is reported.
    pub(crate) fn wait_until_ready(
        &self,
        wait: Point,
        sources: &[&dyn Source],
        limit: Option<Duration>,
    ) -> io::Result<Result<Option<usize>, Cancelled>> {
        if self.is_cancelled_here() {
            return Ok(Err(Cancelled));
        }
        if self.is_masked() {
            return self.wait_inside(wait, sources, limit).map(Ok);
        }
        let mut all: Vec<&dyn Source> = vec![self.inbox().cancelled_event()];
        all.extend(sources);
        // The first of those that are ready is what counts.
        Ok(match sys::wait_until_ready(&all, limit)? {
            Some(0) => Err(Cancelled),
            first => Ok(first.map(|position| position - 1)),
        })
    }

    /// Blocks inside a shield until one of these sources is ready, or until the time is up. Where the wait goes on
    /// after the request, for a second or longer, that is noted, so that the line which names the shield can tell of
    /// it.
    fn wait_inside(
        &self,
        wait: Point,
        sources: &[&dyn Source],
        timeout: Option<Duration>,
    ) -> io::Result<Option<usize>> {
        const LONG: Duration = Duration::from_secs(1);
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        if !self.is_requested() {
            let mut all = sources.to_vec();
            all.push(self.inbox().requested_event());
            // The first of those that are ready is what counts, so the request comes last.
            let first = sys::wait_until_ready(&all, timeout)?;
            if first != Some(sources.len()) {
                return Ok(first);
            }
        }
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let is_long = left.is_none_or(|left| left >= LONG);
        let _noted = is_long.then(|| MaskedWait::begin(wait, self.masks));
        sys::wait_until_ready(sources, left)
    }

    /// Blocks until a connection was accepted, or until the cancellation. Several threads may accept from one listener.
    ///
    /// This makes the listener non-blocking, for good. Otherwise a connection that another thread takes first, or that
    /// is gone before it was accepted, would leave this thread blocked in `accept(2)`, where no cancellation reaches
    /// it. The stream that is returned is blocking.
    ///
    /// A listener that `run` owns is closed when `run` returns. A listener in the app's state stays open, with the
    /// connections in its backlog, until `stop` has dropped it.
    ///
    /// Inside a shield this waits for a connection alone.
    ///
    /// ```no_run
    /// # use aplomb::Shutdown;
    /// # use std::{io, net::TcpListener, thread};
    /// # fn answer(_: std::net::TcpStream) {}
    /// fn run(listener: &TcpListener, shutdown: &Shutdown) -> io::Result<()> {
    ///     while let Ok((client, _address)) = shutdown.accept(listener)? {
    ///         thread::spawn(|| answer(client));
    ///     }
    ///     Ok(()) // the shutdown was requested
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The outer error is one of `accept(2)` or `poll(2)`, but not ECONNABORTED (on Windows WSAECONNRESET): a
    /// connection that the other side has aborted is passed over. The inner error is [`Cancelled`].
    pub fn accept(
        &self,
        listener: &TcpListener,
    ) -> io::Result<Result<(TcpStream, SocketAddr), Cancelled>> {
        loop {
            match self.accept_within(Point::Accept, listener, Duration::MAX)? {
                Ok(Some(client)) => return Ok(Ok(client)),
                // The time is not up before the end of the world.
                Ok(None) => {}
                Err(cancelled) => return Ok(Err(cancelled)),
            }
        }
    }

    /// Blocks until a connection was accepted, but for this long at the most: what [`accept`](Self::accept) does, with
    /// a limit. Returns `None` when the time is up.
    ///
    /// ```
    /// # use aplomb::Shutdown;
    /// use std::{net::TcpListener, time::Duration};
    ///
    /// # let shutdown = Shutdown::new();
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let client = shutdown.accept_timeout(&listener, Duration::from_millis(1))?.unwrap();
    /// assert!(client.is_none()); // nobody has come in time
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`accept`](Self::accept).
    pub fn accept_timeout(
        &self,
        listener: &TcpListener,
        limit: Duration,
    ) -> io::Result<Result<Option<(TcpStream, SocketAddr)>, Cancelled>> {
        self.accept_within(Point::AcceptTimeout, listener, limit)
    }

    fn accept_within(
        &self,
        wait: Point,
        listener: &TcpListener,
        limit: Duration,
    ) -> io::Result<Result<Option<(TcpStream, SocketAddr)>, Cancelled>> {
        listener.set_nonblocking(true)?;
        let connection = Descriptor::new(listener, Interest::Read);
        // A time that is too far away to be counted means for ever.
        let end = Instant::now().checked_add(limit);
        loop {
            let left = end.map_or(Duration::MAX, |end| {
                end.saturating_duration_since(Instant::now())
            });
            match self.wait_until_ready(wait, &[&connection], Some(left))? {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(Ok(None)),
                Err(cancelled) => return Ok(Err(cancelled)),
            }
            match listener.accept() {
                Ok((stream, address)) => {
                    // On Linux a stream does not inherit the flag from the listener (accept(2)). On the BSDs, macOS and
                    // Windows it does.
                    stream.set_nonblocking(false)?;
                    return Ok(Ok(Some((stream, address))));
                }
                Err(error) => match error.kind() {
                    // The last two: the other side has aborted the connection, says Unix, or Windows.
                    io::ErrorKind::WouldBlock
                    | io::ErrorKind::Interrupted
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset => {}
                    _ => return Err(error),
                },
            }
        }
    }

    /// Runs a function that nothing can end (a lock, a `join`, a call into C) on a thread of its own, and leaves that
    /// thread behind at the cancellation.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// let answer = shutdown.run_blocking(|| 6 * 7);
    /// assert_eq!(answer, Ok(42));
    /// ```
    ///
    /// A thread that was left behind goes on until its function returns or the process ends. The result is dropped. If
    /// the result and the cancellation have both come, the result is returned.
    ///
    /// Inside a shield this waits for the result alone. The thread is not inside the shield. Where the function calls
    /// `std::process::exit`, that cuts the shields which wait for it: they cannot end any more.
    ///
    /// # Errors
    ///
    /// [`Cancelled`], if the thread was left behind, or was not started because the cancellation had come before.
    ///
    /// # Panics
    ///
    /// With the panic of `f`; or if the system can start no thread, or has no file descriptor left.
    pub fn run_blocking<T, F>(&self, f: F) -> Result<T, Cancelled>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.checkpoint()?;
        let is_masked = self.is_masked();
        // Where the function exits the process, the shields of this thread cannot end.
        let waiting = is_masked.then(|| Waiting::here(|| true));
        let function = || match waiting {
            Some(waiting) => waiting.call(f),
            None => f(),
        };
        let done = Arc::new(Event::new().expect("a file descriptor for `run_blocking`"));
        let call = thread::Builder::new()
            .name("aplomb-blocking".into())
            .spawn({
                let done = SetOnDrop(Arc::clone(&done));
                move || {
                    let _done = done;
                    call(|| shield::call_bounded(function))
                        .unwrap_or_else(|panic| resume_unwind(panic))
                }
            })
            .expect("a thread for `run_blocking`");
        // The first of those that are ready is what counts.
        let first = if is_masked {
            self.wait_inside(Point::RunBlocking, &[&*done], None)
        } else {
            sys::wait_until_ready(&[&*done, self.inbox().cancelled_event()], None)
        };
        if first.expect("a wait for events of our own") != Some(0) {
            return Err(Cancelled);
        }
        match call.join() {
            Ok(value) => Ok(value),
            Err(panic) => resume_unwind(panic),
        }
    }
}

/// Sets an event when it is dropped: also where the function that holds it panics.
struct SetOnDrop(Arc<Event>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}
