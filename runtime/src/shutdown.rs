//! The handle: what a program asks and tells about its shutdown.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use crate::on_request::Callbacks;
use crate::reason::{Call, Cancelled, Reason};
use crate::shield::{self, ShieldInfo};
use crate::signal::Signal;
use crate::sys::{self, Event, Inbox, Interest};
use crate::word::Began;

/// The handle to an app's shutdown: asks whether it was requested, waits for it, requests it.
///
/// Cheap to clone, and good on any thread. `run` and the other phases get a reference to the
/// app's own; [`shutdown()`](crate::shutdown) finds it from anywhere.
///
/// **Interruption points** are the methods that the request ends: [`checkpoint`](Self::checkpoint),
/// [`sleep`](Self::sleep), [`wait`](Self::wait), [`wait_timeout`](Self::wait_timeout),
/// [`ready`](Self::ready), [`accept`](Self::accept) and [`run_blocking`](Self::run_blocking).
/// Inside a [shield](crate::shield), which `start` and `stop` are too, they behave as if nothing
/// had been requested. What merely asks, [`requested`](Self::requested),
/// [`reason`](Self::reason) and [`signals`](Self::signals), tells the truth everywhere.
///
/// The request is level-triggered and one-way: who asks late sees it as well, and it never goes
/// away again. It is made by the first shutdown signal, by [`request`](Self::request), or by the
/// end of `run`. Where the app has a drain time the cancellation, which is what the
/// interruption points see, follows later.
///
/// ```
/// use aplomb::Shutdown;
/// use std::time::Duration;
///
/// let shutdown = Shutdown::new();
/// let worker = std::thread::spawn({
///     let shutdown = shutdown.clone();
///     move || while shutdown.sleep(Duration::from_secs(3600)).is_ok() {}
/// });
/// shutdown.request("an example");
/// worker.join().unwrap(); // at once
/// ```
#[derive(Clone)]
pub struct Shutdown {
    shared: Arc<Shared>,
}

/// What all clones of a handle share.
pub(crate) struct Shared {
    pub(crate) inbox: Arc<Inbox>,
    /// What was said by the first call that asked for the shutdown.
    call: OnceLock<Call>,
    /// The status of the first `request_exit`.
    code: OnceLock<u8>,
    /// Whether something of ours that calls user code has caught a panic.
    panicked: AtomicBool,
    /// Whether `std::process::exit` was called.
    leaving: AtomicBool,
    callbacks: Callbacks,
}

/// The live app's handle.
static CURRENT: Mutex<Option<Shutdown>> = Mutex::new(None);

/// The live app's [`Shutdown`], from anywhere.
///
/// # Panics
///
/// If no app is live: before `main`'s body runs, or in a test. There, make one with
/// [`Shutdown::new`] and pass it on.
#[must_use]
pub fn shutdown() -> Shutdown {
    match current() {
        Some(shutdown) => shutdown,
        None => panic!(
            "no app is running: `aplomb::shutdown()` is for programs with `#[app]`; \
             elsewhere make a handle with `Shutdown::new()`"
        ),
    }
}

/// The same, where there is one.
pub(crate) fn current() -> Option<Shutdown> {
    CURRENT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Makes a handle the one that [`shutdown`] finds.
pub(crate) fn set_current(shutdown: Option<Shutdown>) {
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = shutdown;
}

impl Shutdown {
    /// A handle that no signal touches, for tests: it is requested by its own methods only.
    ///
    /// # Panics
    ///
    /// If the process has no file descriptor left; it needs three.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "a default would hide that this is for tests"
    )]
    pub fn new() -> Self {
        let inbox = Inbox::new(false, 0).expect("a file descriptor for the shutdown handle");
        Shutdown::with_inbox(Arc::new(inbox))
    }

    pub(crate) fn with_inbox(inbox: Arc<Inbox>) -> Self {
        Shutdown {
            shared: Arc::new(Shared {
                inbox,
                call: OnceLock::new(),
                code: OnceLock::new(),
                panicked: AtomicBool::new(false),
                leaving: AtomicBool::new(false),
                callbacks: Callbacks::new(),
            }),
        }
    }

    fn inbox(&self) -> &Inbox {
        &self.shared.inbox
    }

    /// Whether the shutdown was requested. Masked by nothing; one relaxed load.
    #[inline]
    #[must_use]
    pub fn requested(&self) -> bool {
        self.inbox().word().requested()
    }

    /// What the request came from; `None` before it. Masked by nothing.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        Some(match self.inbox().word().began()? {
            Began::Signal => Reason::Signal(self.inbox().first_signal()?),
            Began::Call => Reason::Call(self.shared.call.get()?.clone()),
            Began::Returned => Reason::Returned,
            Began::Failed => Reason::Failed,
            Began::Panicked => Reason::Panicked,
        })
    }

    /// The shutdown signals that came so far, each once, in the order of their arrival.
    #[must_use]
    pub fn signals(&self) -> Vec<Signal> {
        self.inbox().signals()
    }

    /// Whether this thread, as it is now, sees the cancellation.
    #[inline]
    fn is_cancelled_here(&self) -> bool {
        self.inbox().word().cancelled() && !shield::held()
    }

    /// An interruption point that does nothing else: put it where the work may be left.
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

    /// Sleeps, until the request at the longest.
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
    pub fn wait(&self) {
        self.block(None);
    }

    /// The same for a while. Whether the request came.
    #[must_use = "whether the request came"]
    pub fn wait_timeout(&self, duration: Duration) -> bool {
        self.block(Some(duration))
    }

    fn block(&self, timeout: Option<Duration>) -> bool {
        let event = (!shield::held()).then(|| self.as_fd());
        sys::sleep_on(event, timeout)
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
    pub fn ready(&self, on: &impl AsFd, interest: Interest) -> io::Result<Result<(), Cancelled>> {
        let wanted = (on.as_fd(), interest);
        let request = (self.as_fd(), Interest::Read);
        let masked = shield::held();
        loop {
            let ready = if masked {
                sys::wait_for(&[wanted], None)?
            } else {
                sys::wait_for(&[wanted, request], None)?
            };
            if ready.has(1) {
                return Ok(Err(Cancelled));
            }
            if ready.has(0) {
                return Ok(Ok(()));
            }
        }
    }

    /// Accepts a connection, or returns at the request. Several threads may accept from one
    /// listener.
    ///
    /// It makes the listener non-blocking, for good: otherwise a connection that another
    /// thread takes, or that is gone before it was accepted, would leave this one blocked where no
    /// request reaches it. The stream is blocking.
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
        let request = (self.as_fd(), Interest::Read);
        let finished = ((*done).as_fd(), Interest::Read);
        let masked = shield::held();
        loop {
            let ready = if masked {
                sys::wait_for(&[finished], None)
            } else {
                sys::wait_for(&[finished, request], None)
            };
            let ready = ready.expect("poll(2) on descriptors of our own");
            if ready.has(0) {
                return match call.join() {
                    Ok(value) => Ok(value),
                    Err(panic) => std::panic::resume_unwind(panic),
                };
            }
            if ready.has(1) {
                return Err(Cancelled);
            }
        }
    }

    /// Has `f` called once, on a thread of ours, when the request comes; at once, if it has come.
    ///
    /// The functions are called one after the other, in the order of their registration, at the
    /// request, which is before the cancellation where the app drains. The end of the process
    /// waits for them; `stop` does not. If one panics, the others still run, and the exit status
    /// is 101.
    ///
    /// # Panics
    ///
    /// If the thread cannot be started.
    pub fn on_request(&self, f: impl FnOnce() + Send + 'static) {
        self.shared.callbacks.add(&self.shared, Box::new(f));
    }

    /// Asks for the shutdown, and says why. The first cause counts: after a signal or another
    /// call this does nothing.
    pub fn request(&self, why: impl Into<Cow<'static, str>>) {
        self.call(why.into(), None);
    }

    /// Asks for the shutdown, with this exit status, unless something fails.
    ///
    /// Also when the shutdown was requested before; of several statuses the first counts.
    pub fn request_exit(&self, code: u8) {
        let _ = self.shared.code.set(code);
        self.call(format!("exit with status {code}").into(), Some(code));
    }

    fn call(&self, why: Cow<'static, str>, code: Option<u8>) {
        // First what is said and then that it was, so that nobody sees the one without the other.
        let _ = self.shared.call.set(Call { why, code });
        self.begin(Began::Call);
    }

    /// A guard that asks for the shutdown when it is dropped, by a panic too: a worker that
    /// holds one does not end, or fail, unnoticed. Dropped by a panic, it makes the exit
    /// status 101.
    ///
    /// ```
    /// # use aplomb::Shutdown;
    /// # let shutdown = Shutdown::new();
    /// let worker = std::thread::spawn({
    ///     let guard = shutdown.guard();
    ///     move || {
    ///         let _guard = guard;
    ///         // work that is not supposed to end before the app does
    ///     }
    /// });
    /// shutdown.wait();
    /// # worker.join().unwrap();
    /// ```
    pub fn guard(&self) -> RequestGuard {
        RequestGuard {
            shutdown: self.clone(),
        }
    }

    /// The shields that are held now, by any thread; `start` and `stop` are among them.
    #[must_use]
    pub fn pending(&self) -> Vec<ShieldInfo> {
        shield::pending()
    }

    /// The shutdown begins, unless it has.
    pub(crate) fn begin(&self, why: Began) {
        self.inbox().begin(why);
    }

    /// User code that we have called has panicked: the status tells, and the app shuts down.
    pub(crate) fn note_panic(&self) {
        self.shared.panicked.store(true, Ordering::SeqCst);
        self.begin(Began::Panicked);
        self.inbox().listener_event().set();
    }

    pub(crate) fn has_panicked(&self) -> bool {
        self.shared.panicked.load(Ordering::SeqCst)
    }

    /// `std::process::exit` was called.
    pub(crate) fn note_foreign_exit(&self) {
        self.shared.leaving.store(true, Ordering::SeqCst);
        self.inbox().listener_event().set();
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.shared.leaving.load(Ordering::SeqCst)
    }

    pub(crate) fn asked_code(&self) -> Option<u8> {
        self.shared.code.get().copied()
    }

    /// The functions of `on_request`.
    pub(crate) fn callbacks(&self) -> &Callbacks {
        &self.shared.callbacks
    }

    pub(crate) fn shared_inbox(&self) -> &Arc<Inbox> {
        &self.shared.inbox
    }

    pub(crate) fn from_shared(shared: Arc<Shared>) -> Self {
        Shutdown { shared }
    }
}

/// Readable from the cancellation on, and it stays so: for `poll`, `epoll`, mio. Never read it.
/// It knows nothing of shields.
impl AsFd for Shutdown {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inbox().cancelled_event().as_fd()
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown")
            .field("requested", &self.requested())
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The thread of the callbacks sleeps on this, and finds nobody to call them for.
        self.inbox.requested_event().set();
    }
}

/// Asks for the shutdown when it is dropped; from [`Shutdown::guard`].
#[derive(Debug)]
#[must_use = "dropping the guard asks for the shutdown"]
pub struct RequestGuard {
    shutdown: Shutdown,
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        if thread::panicking() {
            self.shutdown
                .call("a thread that the app needs has panicked".into(), None);
            self.shutdown.note_panic();
        } else {
            self.shutdown.request("a part that the app needs has ended");
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
