//! The handle: how a program learns of its shutdown, waits for it, and asks for it.

use std::fmt;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(windows)]
use std::os::windows::io::{AsHandle, BorrowedHandle};
#[cfg(feature = "process")]
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use once_cell::race::OnceBox;

use crate::events::{self, Events};
use crate::shield::{self, ShieldInfo, Shields};
use crate::signal::{Began, Inbox, Signal};
use crate::stragglers::Place;
use crate::sync::{SHARDS, lock};
use crate::sys::PerProcess;
use crate::timeline::{Record, set_live};
#[cfg(feature = "tokio")]
use crate::wake::contained;

mod activity;
mod blocking;
mod draining;
mod on_request;
mod on_signal;
mod phase;
mod phase_change;
#[cfg(feature = "systemd")]
mod progress;
mod request;
mod requested;
mod tasks;
mod timeline;
mod waiter;
mod waiters;
mod weak;

use activity::Activities;
pub(crate) use activity::{Activity, Ongoing};
pub use draining::DrainGuard;
use on_request::Callbacks;
use on_signal::Watchers;
pub use phase::Phase;
use phase::Reached;
use phase_change::PhaseChanges;
pub use phase_change::WaitForPhase;
#[cfg(feature = "systemd")]
use progress::Progress;
pub use request::{DropGuard, Reason, Request};
use requested::Requested;
pub use requested::WaitForRequest;
pub(crate) use tasks::Announcer;
pub use tasks::WaitForCancellation;
#[cfg(feature = "process")]
pub(crate) use waiter::Waiter;
pub(crate) use waiters::Waiters;
#[cfg(feature = "process")]
pub(crate) use weak::WeakShutdown;

/// A handle to the shutdown of the app: it tells whether the shutdown was requested, waits for it, and requests it.
///
/// A handle is cheap to clone (one atomic increment), and can be used on any thread and in any task. All clones are
/// handles to the same shutdown. The phases get a reference to the handle of their app;
/// [`shutdown()`](crate::shutdown) finds that handle from anywhere.
///
/// # Request and cancellation
///
/// The *request* is made once, by whatever comes first: a shutdown signal, a call of [`request`](Self::request), the
/// end of `run`, or a failure or panic in a function that the app calls. The request stays: a thread that looks later
/// sees it as well.
///
/// The *cancellation* is what the request does to `run`: the interruption points return. It comes together with the
/// request, or later, where the app has a [drain time](crate::App::drain).
///
/// # Interruption points
///
/// The cancellation never stops code from outside. It takes effect only where the code calls one of these methods:
///
/// | to | in threads | in tasks |
/// |---|---|---|
/// | look, without waiting | [`checkpoint`](Self::checkpoint) | [`checkpoint`](Self::checkpoint) |
/// | wait for the cancellation | [`wait`](Self::wait), [`wait_timeout`](Self::wait_timeout) | [`cancelled`](Self::cancelled), [`cancelled_owned`](Self::cancelled_owned) |
/// | sleep | [`sleep`](Self::sleep) | [`run_until_cancelled`](Self::run_until_cancelled) around a timer |
/// | wait for input and output | [`ready`](Self::ready), [`accept`](Self::accept), and with a limit [`ready_timeout`](Self::ready_timeout), [`accept_timeout`](Self::accept_timeout) | [`run_until_cancelled`](Self::run_until_cancelled) |
/// | leave a call behind that cannot be ended | [`run_blocking`](Self::run_blocking) | |
///
/// Inside a [shield](crate::shield()) an interruption point behaves as if nothing had been requested. `start` and
/// `stop` are inside a shield. A `start` that may take long asks for an [`unmasked`](Self::unmasked) handle.
/// [`is_requested`](Self::is_requested), [`reason`](Self::reason) and [`signals`](Self::signals) tell the truth
/// everywhere.
///
/// # Examples
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
#[doc(alias("cancellation_token", "graceful"))]
pub struct Shutdown {
    shared: Arc<Shared>,
    /// The shields in which the interruption points of this handle see no request.
    masks: Shields,
}

/// What all clones of a handle share.
struct Shared {
    /// Where signal handlers note what has arrived. In an `Arc` of its own, since the handlers keep it alive.
    inbox: Arc<Inbox>,
    /// What the first call that asked for the shutdown has said.
    /// This is no `OnceLock`: what a thread of the parent was about to set would block a forked child for ever.
    request: OnceBox<Request>,
    /// What the listener has to learn, beside signals.
    events: Arc<Events>,
    /// The functions of `on_request`.
    callbacks: Arc<Callbacks>,
    /// The functions of `on_signal`.
    watchers: Arc<Watchers>,
    /// What the app does at this moment. The lock is held for a few instructions at a time, and never while code of the
    /// user's runs: the listener takes it.
    activities: Mutex<Activities>,
    /// When children of this app are to be killed that were asked to end, in milliseconds of the monotonic clock, plus
    /// one. 0 means never.
    ///
    /// A child of an app that has ended may live on beside the next one, whose deadlines are none of its business. So
    /// each app has its own.
    #[cfg(feature = "process")]
    children_due: AtomicU64,
    /// How far the app is.
    reached: Reached,
    /// Who waits for a change of that.
    phase_changes: Arc<PhaseChanges>,
    /// What is noted while the app stops.
    record: Arc<Record>,
    /// What the program says of itself, for a service manager.
    #[cfg(feature = "systemd")]
    progress: Progress,
    /// The tasks that await the request.
    requested: Requested,
    /// The tasks that await the cancellation.
    waiters: Waiters,
    /// Starts the thread that wakes these tasks, where no other does it.
    announcer: Announcer,
    /// The parent of the tokens that were given out.
    #[cfg(feature = "tokio")]
    token: std::sync::OnceLock<tokio_util::sync::CancellationToken>,
}

/// The handle of the live app. In a forked child there is none.
static CURRENT: PerProcess<Mutex<Option<Shutdown>>> = PerProcess::new(Mutex::default);

/// Returns the [`Shutdown`] handle of the live app, on any thread and in any task.
///
/// ```standalone_crate
/// use aplomb::{Absent, App, Reason, shutdown};
///
/// fn deep_in_the_program() {
///     shutdown().request("nothing is left to do");
/// }
///
/// let ended = App::new(Absent, deep_in_the_program, Absent).run()?;
/// assert!(matches!(ended.reason, Some(Reason::Requested(_))));
/// # Ok::<(), aplomb::Error>(())
/// ```
///
/// # Panics
///
/// If no app is live: before the app begins, in a test, after [`App::run`](crate::App::run) has returned, or in a
/// forked child. A test makes a handle with [`Shutdown::new`] and passes it on.
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

/// The handle of the live app, or `None`.
pub(crate) fn current() -> Option<Shutdown> {
    lock(&CURRENT).clone()
}

/// Makes a handle the one that [`shutdown()`] returns.
pub(crate) fn set_current(shutdown: Option<Shutdown>) {
    let events = shutdown
        .as_ref()
        .map(|shutdown| Arc::clone(&shutdown.shared.events));
    events::set_live(events);
    let record = shutdown
        .as_ref()
        .map(|shutdown| Arc::clone(shutdown.record()));
    set_live(record);
    let before = std::mem::replace(&mut *lock(&CURRENT), shutdown);
    // Behind the lock: the handle may be the last one, and hold functions of the user's.
    drop(before);
}

impl Shutdown {
    /// Makes a handle that belongs to no app, for tests. No signal makes its request, only its own methods do.
    ///
    /// ```
    /// let shutdown = aplomb::Shutdown::new();
    /// assert!(!shutdown.is_requested());
    /// shutdown.request("a test");
    /// assert!(shutdown.is_requested());
    /// ```
    ///
    /// # Panics
    ///
    /// If the process or the system has no file descriptor left. A handle needs three on Linux and Android
    /// (`eventfd(2)`), six on other Unix systems (`pipe(2)`), and three events on Windows.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "a default would hide that this is for tests"
    )]
    pub fn new() -> Self {
        let inbox = Inbox::new(false, 0).expect("a file descriptor for the shutdown handle");
        // No signal handler makes this request, so the call that makes it can wake the tasks itself: no thread is
        // needed.
        Shutdown::with_inbox(Arc::new(inbox), Announcer::new(false), Reached::running())
    }

    /// The handle of an app that begins.
    pub(crate) fn of_app(inbox: Arc<Inbox>, announcer: Announcer) -> Self {
        Shutdown::with_inbox(inbox, announcer, Reached::starting())
    }

    fn with_inbox(inbox: Arc<Inbox>, announcer: Announcer, reached: Reached) -> Self {
        let events = Arc::new(Events::new(Arc::clone(&inbox)));
        Shutdown {
            shared: Arc::new(Shared {
                inbox,
                request: OnceBox::new(),
                events,
                callbacks: Arc::new(Callbacks::new()),
                watchers: Arc::new(Watchers::new()),
                activities: Mutex::default(),
                #[cfg(feature = "process")]
                children_due: AtomicU64::new(0),
                reached,
                phase_changes: Arc::new(PhaseChanges::new()),
                record: Arc::default(),
                #[cfg(feature = "systemd")]
                progress: Progress::default(),
                requested: Requested::new(),
                waiters: Waiters::new(SHARDS),
                announcer,
                #[cfg(feature = "tokio")]
                token: std::sync::OnceLock::new(),
            }),
            masks: Shields::All,
        }
    }

    pub(crate) fn inbox(&self) -> &Arc<Inbox> {
        &self.shared.inbox
    }

    /// Whether the shutdown was requested. The end of `run` is a request, too.
    ///
    /// Neither a shield nor the drain time hides the request here. So this is for code that wants the truth at once,
    /// such as a readiness probe. In a loop that is to end, use [`checkpoint`](Self::checkpoint).
    ///
    /// This costs one relaxed atomic load.
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

    /// What has made the request; `None` before it. The first cause stays, and no shield hides it.
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
            Began::Signal => Reason::Signal(self.inbox().arrived().first()?),
            Began::Requested => Reason::Requested(self.shared.request.get()?.clone()),
            Began::Returned => Reason::Returned,
            Began::Failed => Reason::Failed,
            Began::Panicked => Reason::Panicked,
        })
    }

    /// The shutdown signals that have arrived so far, each once, in the order of their arrival. No shield hides them.
    ///
    /// Where several signals are pending at the same time, their order is the one in which the kernel delivers them. On
    /// Linux that is the order of their numbers (`signal(7)`).
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
        self.inbox().arrived().signals()
    }

    /// Returns a handle that hears the request in `start`: its interruption points look through the shield of `start`.
    ///
    /// `start` is shielded, so a plain handle hears nothing there. That is right for a `start` that ends by itself. But
    /// one that waits for others, such as a database that is not there yet, has to end when the program is to stop.
    /// Then it returns [`Err(Cancelled)`](crate::Cancelled). That is no failure: what it has pushed on its
    /// [`Cleanup`](crate::Cleanup) is undone, `run` and `stop` are not called, and the process dies by the signal.
    ///
    /// The handle looks through the shield of `start` alone:
    ///
    /// - Inside a [`#[shielded]`](macro@crate::shielded) function or a [`shield`](crate::shield()) it hears as little
    ///   as a plain handle, in `start`, too.
    /// - Outside of `start` it is a plain handle. A future that was made in `start` is one in `run` as well.
    /// - The `start` of each component is a `start`. What undoes a failed one is a part of `stop`.
    ///
    /// Threads and tasks that `start` has begun are not inside its shield, and hear the request with any handle. To
    /// wait for a child process takes no handle, so `start` waits for it to the end; in a task, put
    /// [`run_until_cancelled`](Self::run_until_cancelled) of this handle around it.
    ///
    /// ```
    /// use aplomb::{Cancelled, Shutdown};
    /// use std::fs::File;
    /// use std::time::Duration;
    ///
    /// fn start(shutdown: &Shutdown) -> Result<File, Cancelled> {
    ///     loop {
    ///         if let Ok(file) = File::open("/mnt/not-mounted-yet") {
    ///             return Ok(file);
    ///         }
    ///         shutdown.unmasked().sleep(Duration::from_secs(1))?;
    ///     }
    /// }
    /// # let shutdown = Shutdown::new();
    /// # shutdown.request("an example");
    /// # assert!(start(&shutdown).is_err());
    /// ```
    #[must_use]
    pub fn unmasked(&self) -> Shutdown {
        Shutdown {
            shared: Arc::clone(&self.shared),
            masks: Shields::AllButStart,
        }
    }

    /// Registers a function that is called once, when the shutdown is requested. Where the request was made before, the
    /// function is called at once. The end of `run` is a request, too.
    ///
    /// The functions are called on a thread of this library, one after the other, in the order of their registration.
    /// Where the app has a drain time they are called before the cancellation. The exit of the app waits for them;
    /// `stop` does not.
    ///
    /// If a function panics, the others are called all the same, and the exit status is 101. One that takes long is
    /// named by the place of this call.
    ///
    /// This is for code that waits at no interruption point and can be ended in another way, such as by closing a
    /// channel:
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
    /// A forked child has a copy of the handle, and no such thread: there the function is never called.
    ///
    /// # Panics
    ///
    /// If the system cannot start the thread. The function is not registered then.
    #[track_caller]
    pub fn on_request(&self, f: impl FnOnce() + Send + 'static) {
        let place = Place::of_caller();
        self.shared.callbacks.add(self, place, Box::new(f));
    }

    /// Registers a function that is called with each shutdown signal that arrives from now on, also while `stop` runs.
    ///
    /// The first shutdown signal makes the request. This tells of further ones as well: for a program that says what it
    /// is still doing when the user presses Ctrl-C once more, or that does less in `stop` then. What the signals mean
    /// to the app stays as it is. Those that have arrived before are in [`signals`](Self::signals).
    ///
    /// The functions are called on a thread of this library, one after the other, in the order of their registration.
    /// Signals that arrive while they are called are passed on afterwards. Several of one kind are passed on as one,
    /// whose [`count`](Signal::count) says how many they are; of several kinds that comes first which has arrived
    /// first.
    ///
    /// The exit of the app waits until the functions have returned, and were told of all signals until then. `stop`
    /// does not wait for them. After the app nothing is called any more, and the functions are dropped. If a function
    /// panics, it is not called again, and the exit status is 101.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// shutdown.on_signal(|signal| eprintln!("{signal}: still saving, this takes up to a minute"));
    /// ```
    ///
    /// # Panics
    ///
    /// If the system cannot start the thread, or has no file descriptor left. The function is not registered then.
    #[track_caller]
    pub fn on_signal(&self, f: impl FnMut(&Signal) + Send + 'static) {
        let place = Place::of_caller();
        self.shared.watchers.add(self, place, Box::new(f));
    }

    /// The shields that are held in this process now, by any thread or task. `start` and `stop` are inside a shield,
    /// and are among these.
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

    /// Makes the request for this reason, unless it was made before, and wakes the tasks that await the cancellation.
    pub(crate) fn begin(&self, why: Began) {
        self.inbox().begin(why);
        self.announce();
    }

    /// Tells those who wait for a change of the phase, and wakes the tasks that await the cancellation, if it has come.
    /// This runs code of their executors, so the listener must not call it.
    pub(crate) fn announce(&self) {
        self.tell_phase();
        // In a forked child the tasks are copies of the parent's, and their executors have no threads.
        if !self.inbox().word().cancelled() || !self.inbox().is_home() {
            return;
        }
        self.shared.waiters.wake_all();
        #[cfg(feature = "tokio")]
        if let Some(token) = self.shared.token.get() {
            // The token comes last: when a waker panics here, tokio leaves the wakers behind it unwoken, but our own
            // waiters have been woken by then.
            contained(|| token.cancel());
        }
    }

    /// What is noted while the app stops.
    pub(crate) fn record(&self) -> &Arc<Record> {
        &self.shared.record
    }

    /// The queue of what the listener has to learn.
    pub(crate) fn events(&self) -> &Arc<Events> {
        &self.shared.events
    }

    /// Notes that code of the user's which we call beside the phases has panicked. The exit status becomes 101, and the
    /// app shuts down.
    pub(crate) fn note_panic(&self) {
        self.shared.events.note_panic();
        self.announce();
    }

    /// Notes that code of the user's which we call beside the phases has returned an `Err`. The exit status becomes 1,
    /// and the app shuts down.
    pub(crate) fn note_failure(&self) {
        self.shared.events.note_failure();
        self.announce();
    }

    /// Whether the functions of `on_request` have returned.
    pub(crate) fn callbacks_are_done(&self) -> bool {
        self.shared.callbacks.are_done()
    }

    /// Whether the functions of `on_signal` have returned, and were told all that has arrived.
    pub(crate) fn watchers_are_done(&self) -> bool {
        self.shared.watchers.are_done(self.inbox())
    }

    /// Has the listener look whether there is something to tell a service manager, where one is told anything.
    #[cfg_attr(
        not(feature = "systemd"),
        allow(clippy::unused_self, reason = "no manager is told")
    )]
    pub(crate) fn wake_notifier(&self) {
        #[cfg(feature = "systemd")]
        if self.shared.progress.is_heard() {
            self.inbox().tell_listener();
        }
    }

    #[cfg(feature = "process")]
    pub(crate) fn children_due(&self) -> &AtomicU64 {
        &self.shared.children_due
    }
}

/// The descriptor becomes readable at the cancellation, and stays readable: for `poll(2)`, `epoll(7)`, mio.
///
/// Never read from it, and never close it: all clones of the handle wait on the same descriptor. A shield does not hide
/// the cancellation here.
#[cfg(unix)]
impl AsFd for Shutdown {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inbox().cancelled_event().as_fd()
    }
}

/// The handle is signalled at the cancellation, and stays so: for `WaitForMultipleObjects`.
///
/// Never reset it, and never close it: all clones of the handle wait on the same event. A shield does not hide the
/// cancellation here.
#[cfg(windows)]
impl AsHandle for Shutdown {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.inbox().cancelled_event().as_handle()
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
        // The threads of `on_request`, of `on_signal` and of the announcer sleep on these events, without keeping the
        // handle alive. Both wake now, find that the handle is gone, and end.
        self.inbox.close();
        self.phase_changes.close();
    }
}
