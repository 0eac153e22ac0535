//! The handle: what a program asks and tells about its shutdown.

use std::fmt;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(feature = "process")]
use std::sync::Weak;
use std::sync::{Arc, Mutex, OnceLock};

use crate::events::{self, Events};
use crate::shield::{self, ShieldInfo};
use crate::signal::{Began, Inbox, Signal};
use crate::sync::SHARDS;
use crate::sync::lock;
use crate::sys;
#[cfg(feature = "tokio")]
use crate::wake::contained;

mod activity;
mod blocking;
mod on_request;
mod request;
mod tasks;
mod waiters;

pub(crate) use activity::{Activity, Ongoing};
use on_request::Callbacks;
pub use request::{DropGuard, Reason, Request};
pub(crate) use tasks::Announcer;
pub use tasks::WaitForCancellation;
use waiters::Waiters;

/// The handle to an app's shutdown: asks whether it was requested, waits for it, requests it.
///
/// Cheap to clone, and good on any thread. `run` and the other phases get a reference to the
/// app's own; [`shutdown()`](crate::shutdown) finds it from anywhere.
///
/// **Interruption points** are the methods that the request ends: [`checkpoint`](Self::checkpoint),
/// [`sleep`](Self::sleep), [`wait`](Self::wait), [`wait_timeout`](Self::wait_timeout),
/// [`ready`](Self::ready), [`accept`](Self::accept) and [`run_blocking`](Self::run_blocking), for
/// threads; [`cancelled`](Self::cancelled) and [`run_until_cancelled`](Self::run_until_cancelled), for tasks.
/// Inside a [shield](crate::shield), which `start` and `stop` are too, they behave as if nothing
/// had been requested. What merely asks, [`is_requested`](Self::is_requested),
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
    request: OnceLock<Request>,
    events: Arc<Events>,
    callbacks: Callbacks,
    /// What components are doing. Locked for a few instructions at a time.
    activities: Mutex<Vec<Activity>>,
    waiters: Waiters,
    announcer: Announcer,
    /// The parent of the tokens that were given out.
    #[cfg(feature = "tokio")]
    token: OnceLock<tokio_util::sync::CancellationToken>,
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
    lock(&CURRENT).clone()
}

/// Makes a handle the one that [`shutdown`] finds.
pub(crate) fn set_current(shutdown: Option<Shutdown>) {
    let events = shutdown
        .as_ref()
        .map(|shutdown| Arc::clone(&shutdown.shared.events));
    events::set_live(events);
    *lock(&CURRENT) = shutdown;
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
        // What requests it wakes those who wait.
        Shutdown::with_inbox(Arc::new(inbox), Announcer::new(false))
    }

    pub(crate) fn with_inbox(inbox: Arc<Inbox>, announcer: Announcer) -> Self {
        let events = Arc::new(Events::new(Arc::clone(&inbox)));
        Shutdown {
            shared: Arc::new(Shared {
                inbox,
                request: OnceLock::new(),
                events,
                callbacks: Callbacks::new(),
                activities: Mutex::default(),
                waiters: Waiters::new(SHARDS),
                announcer,
                #[cfg(feature = "tokio")]
                token: OnceLock::new(),
            }),
        }
    }

    fn inbox(&self) -> &Inbox {
        &self.shared.inbox
    }

    /// Whether the shutdown was requested. Masked by nothing; one relaxed load.
    ///
    /// For a loop that is to end, prefer [`checkpoint`](Self::checkpoint), which respects
    /// shields and the drain time; this is for what wants the truth, such as a readiness probe. It is
    /// also true once `run` has returned by itself.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// assert!(!shutdown.is_requested());
    /// shutdown.request("an example");
    /// let _shield = aplomb::shield("an example");
    /// assert!(shutdown.is_requested()); // in a shield too
    /// ```
    #[inline]
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.inbox().is_requested()
    }

    /// What the request came from; `None` before it. Masked by nothing.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// assert!(shutdown.reason().is_none());
    /// shutdown.request("the disk is full");
    /// shutdown.request("too late, the first cause counts");
    /// assert_eq!(shutdown.reason().unwrap().to_string(), "the disk is full");
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        Some(match self.inbox().word().began()? {
            Began::Signal => Reason::Signal(self.inbox().first_signal()?),
            Began::Requested => Reason::Requested(self.shared.request.get()?.clone()),
            Began::Returned => Reason::Returned,
            Began::Failed => Reason::Failed,
            Began::Panicked => Reason::Panicked,
        })
    }

    /// The shutdown signals that came so far, each once, in the order of their arrival.
    ///
    /// Signals that came in one burst are in the order that the kernel handed them over, which
    /// on Linux is that of their numbers (`signal(7)`).
    ///
    /// ```
    /// use aplomb::signal::SIGHUP;
    ///
    /// # let shutdown = aplomb::Shutdown::new();
    /// let terminal_gone = shutdown.signals().iter().any(|signal| signal.number() == SIGHUP);
    /// # assert!(!terminal_gone);
    /// ```
    #[must_use]
    pub fn signals(&self) -> Vec<Signal> {
        self.inbox().signals()
    }

    /// Has `f` called once, on a thread of ours, when the request comes; at once, if it has come.
    /// The end of `run` is a request too.
    ///
    /// The functions are called one after the other, in the order of their registration, at the
    /// request, which is before the cancellation where the app drains. The end of the process
    /// waits for them; `stop` does not. If one panics, the others still run, and the exit status
    /// is 101.
    ///
    /// ```
    /// use std::sync::mpsc;
    ///
    /// # let shutdown = aplomb::Shutdown::new();
    /// let (jobs, to_do) = mpsc::channel::<String>();
    /// shutdown.on_request(move || drop(jobs)); // ends the loop of whoever receives
    /// # shutdown.request("an example");
    /// for job in to_do {
    ///     println!("{job}");
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// If the thread cannot be started.
    pub fn on_request(&self, f: impl FnOnce() + Send + 'static) {
        self.shared.callbacks.add(&self.shared, Box::new(f));
    }

    /// The shields that are held now, by any thread; `start` and `stop` are among them.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// let _shield = aplomb::shield("commit");
    /// for shield in shutdown.held_shields() {
    ///     println!("{shield}"); // `commit` (src/main.rs:12) in thread `main`, for 0.3 s
    /// }
    /// ```
    #[must_use]
    pub fn held_shields(&self) -> Vec<ShieldInfo> {
        shield::pending()
    }

    /// The shutdown begins, unless it has.
    pub(crate) fn begin(&self, why: Began) {
        self.inbox().begin(why);
        self.announce();
    }

    /// Wakes the tasks that await the cancellation, if it is there. This is foreign code: not for the
    /// listener.
    pub(crate) fn announce(&self) {
        // In a forked child they are the parent's.
        if !self.inbox().word().cancelled() || !sys::is_home() {
            return;
        }
        self.shared.waiters.wake_all();
        #[cfg(feature = "tokio")]
        if let Some(token) = self.shared.token.get() {
            // Whom tokio has not woken when a waker panics is lost to it, but none of ours.
            contained(|| token.cancel());
        }
    }

    /// What the listener has to learn.
    pub(crate) fn events(&self) -> &Arc<Events> {
        &self.shared.events
    }

    /// Code of the user's that we have called beside the phases has panicked: the exit status tells, and the app shuts down.
    pub(crate) fn note_panic(&self) {
        self.shared.events.note_panic();
        self.announce();
    }

    /// Code of the user's that we have called beside the phases has returned an `Err`: the exit status tells, and the app shuts down.
    pub(crate) fn note_failure(&self) {
        self.shared.events.note_failure();
        self.announce();
    }

    /// The functions of `on_request`.
    pub(crate) fn callbacks(&self) -> &Callbacks {
        &self.shared.callbacks
    }

    pub(crate) fn shared_inbox(&self) -> &Arc<Inbox> {
        &self.shared.inbox
    }

    #[cfg(feature = "process")]
    pub(crate) fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.shared)
    }

    pub(crate) fn from_shared(shared: Arc<Shared>) -> Self {
        Shutdown { shared }
    }
}

/// Readable from the cancellation on, and it stays so: for `poll`, `epoll`, mio. Never read it.
/// It knows nothing of shields.
#[cfg(unix)]
impl AsFd for Shutdown {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inbox().cancelled_event().as_fd()
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown")
            .field("requested", &self.is_requested())
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The thread of the callbacks sleeps on this, and finds nobody to call them for.
        self.inbox.close();
    }
}
