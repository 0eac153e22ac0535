//! The interruption points: ways to wait that the request ends.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Shutdown;
use crate::error::Cancelled;
use crate::shield;
use crate::sys::{self, Descriptor, Event, Interest, Source};

impl Shutdown {
    /// Whether this thread, as it is now, sees the cancellation.
    #[inline]
    fn is_cancelled_here(&self) -> bool {
        self.inbox().word().cancelled() && !shield::held()
    }

    /// An interruption point that does nothing else: put it where the work may be left.
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
    /// [`Cancelled`], once the shutdown was requested, outside of shields.
    #[inline]
    pub fn checkpoint(&self) -> Result<(), Cancelled> {
        if self.is_cancelled_here() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Sleeps, until the request at the longest. With a duration of zero it is a checkpoint.
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
    /// [`Cancelled`] when the shutdown was requested before the time was up.
    pub fn sleep(&self, duration: Duration) -> Result<(), Cancelled> {
        if self.wait_timeout(duration) {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Blocks until the request. It does not poll: the thread sleeps until then, and wakes in
    /// one step from the signal handler.
    ///
    /// Inside a shield there is no request to wait for, so there it blocks for good; that is
    /// a mistake, which shows as a shield that holds up the exit.
    ///
    /// # Panics
    ///
    /// If other code has closed the handle's descriptor. So do the other ways to wait.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// # shutdown.request("an example");
    /// shutdown.wait();
    /// println!("stopping: {}", shutdown.reason().unwrap());
    /// ```
    pub fn wait(&self) {
        self.block(None);
    }

    /// The same for a while. Whether the request came.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let shutdown = aplomb::Shutdown::new();
    /// assert!(!shutdown.wait_timeout(Duration::from_millis(1)));
    /// ```
    #[must_use = "whether the request came"]
    pub fn wait_timeout(&self, duration: Duration) -> bool {
        self.block(Some(duration))
    }

    fn block(&self, timeout: Option<Duration>) -> bool {
        let request: [&dyn Source; 1] = [self.inbox().cancelled_event()];
        let seen = if shield::held() { &[] } else { &request[..] };
        let came = sys::wait_until_ready(seen, timeout);
        came.expect("poll(2) on a descriptor of our own").is_some()
    }

    /// Blocks until a descriptor is ready, or until the request: an interruption point for
    /// input and output that nothing else ends. Of the two, the request is seen first.
    ///
    /// That it is ready is a hint, as ever with `poll(2)`: another thread may take the data
    /// first. What follows should not block; [`accept`](Self::accept) sees to it.
    ///
    /// ```
    /// use aplomb::{Cancelled, Interest, Shutdown};
    /// use std::io::{self, Read};
    /// use std::os::unix::net::UnixStream;
    ///
    /// fn read(from: &mut UnixStream, shutdown: &Shutdown) -> io::Result<Option<u8>> {
    ///     let Ok(()) = shutdown.ready(from, Interest::Read)? else {
    ///         return Ok(None); // the shutdown was requested
    ///     };
    ///     let mut byte = [0];
    ///     from.read_exact(&mut byte)?;
    ///     Ok(Some(byte[0]))
    /// }
    /// # let (mut from, _to) = UnixStream::pair().unwrap();
    /// # let shutdown = Shutdown::new();
    /// # shutdown.request("an example");
    /// # assert_eq!(read(&mut from, &shutdown).unwrap(), None);
    /// ```
    ///
    /// # Errors
    ///
    /// The outer ones are those of `poll(2)`; the inner one is [`Cancelled`].
    #[cfg(unix)]
    pub fn ready(&self, on: &impl AsFd, interest: Interest) -> io::Result<Result<(), Cancelled>> {
        self.wait_until_ready(&Descriptor::new(on, interest))
    }

    /// Blocks until the source is ready, or until the request, where this thread sees that. Of the two, the request is seen first.
    pub(crate) fn wait_until_ready(
        &self,
        source: &dyn Source,
    ) -> io::Result<Result<(), Cancelled>> {
        if shield::held() {
            sys::wait_until_ready(&[source], None)?;
            return Ok(Ok(()));
        }
        // The first of those that are ready is what counts.
        let first = sys::wait_until_ready(&[self.inbox().cancelled_event(), source], None)?;
        Ok(if first == Some(0) {
            Err(Cancelled)
        } else {
            Ok(())
        })
    }

    /// Accepts a connection, or returns at the request. Several threads may accept from one
    /// listener.
    ///
    /// It makes the listener non-blocking, for good: otherwise a connection that another
    /// thread takes, or that is gone before it was accepted, would leave this one blocked where no
    /// request reaches it. The stream is blocking.
    ///
    /// A listener that `run` owns is closed when `run` returns; one in the state waits, with its
    /// backlog, for the shields that are held and for `stop`.
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
    /// The outer ones are those of `accept(2)`, but for connections that were aborted by the
    /// other side, which are passed over; the inner one is [`Cancelled`].
    pub fn accept(
        &self,
        listener: &TcpListener,
    ) -> io::Result<Result<(TcpStream, SocketAddr), Cancelled>> {
        listener.set_nonblocking(true)?;
        loop {
            if let Err(cancelled) = self.ready(listener, Interest::Read)? {
                return Ok(Err(cancelled));
            }
            match listener.accept() {
                Ok((stream, address)) => {
                    // Linux does not hand the flag on to the stream; other systems do.
                    stream.set_nonblocking(false)?;
                    return Ok(Ok((stream, address)));
                }
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock
                    | io::ErrorKind::Interrupted
                    | io::ErrorKind::ConnectionAborted => {}
                    _ => return Err(error),
                },
            }
        }
    }

    /// Runs a call that nothing can end (a lock, a `join`, a C library) on a thread of its own,
    /// and leaves it behind at the request.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// let answer = shutdown.run_blocking(|| 6 * 7);
    /// assert_eq!(answer, Ok(42));
    /// ```
    ///
    /// What was left behind goes on, unseen, until it ends or the process does; its result is
    /// dropped. When both are there, the result is returned.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when it was left behind.
    ///
    /// # Panics
    ///
    /// With `f`'s panic; or if the thread cannot be started, or has no descriptor to say by that
    /// it is done.
    pub fn run_blocking<T, F>(&self, f: F) -> Result<T, Cancelled>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.checkpoint()?;
        let done = Arc::new(Event::new().expect("a file descriptor for `run_blocking`"));
        let call = thread::Builder::new()
            .name("aplomb-blocking".into())
            .spawn({
                let done = SetOnDrop(Arc::clone(&done));
                move || {
                    let _done = done;
                    f()
                }
            })
            .expect("a thread for `run_blocking`");
        // The first of those that are ready is what counts.
        let both: [&dyn Source; 2] = [&*done, self.inbox().cancelled_event()];
        let seen = if shield::held() { &both[..1] } else { &both };
        let first = sys::wait_until_ready(seen, None);
        if first.expect("poll(2) on descriptors of our own") != Some(0) {
            return Err(Cancelled);
        }
        match call.join() {
            Ok(value) => Ok(value),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

/// Sets an event however the function that holds it ends.
struct SetOnDrop(Arc<Event>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}
