//! Asking for the shutdown from code, and the reason that is left.

use std::borrow::Cow;
use std::fmt;
use std::thread;

use super::Shutdown;
use crate::lifecycle::Event;
use crate::signal::{Began, Signal};

impl Shutdown {
    /// Asks for the shutdown, and says why. The first cause counts: after a signal or another
    /// call this does nothing.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// shutdown.request("the last client has left");
    /// assert!(shutdown.is_requested());
    /// ```
    pub fn request(&self, why: impl Into<Cow<'static, str>>) {
        self.request_with(why.into(), None);
    }

    /// Asks for the shutdown, with this exit status, unless something fails.
    ///
    /// Also when the shutdown was requested before; of several statuses the first counts.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// shutdown.request_exit(7);
    /// ```
    pub fn request_exit(&self, code: u8) {
        self.shared.events.post(Event::Asked(code));
        self.request_with(format!("exit with status {code}").into(), Some(code));
    }

    fn request_with(&self, why: Cow<'static, str>, code: Option<u8>) {
        // First what is said and then that it was, so that nobody sees the one without the other.
        let _ = self.shared.request.set(Request { why, code });
        self.begin(Began::Requested);
    }

    /// A guard that asks for the shutdown when it is dropped, by a panic too: a thread or a task that
    /// holds one does not end, or fail, unnoticed. The reason names it. Dropped by a
    /// panic, it makes the exit status 101.
    ///
    /// A worker that waits for jobs in `Receiver::recv` or on a `Condvar` is at no interruption point. Let
    /// it wait for the other side instead: keep the sender in the state, and drop it in `stop`.
    ///
    /// Make it outside what is spawned: a task that is never polled would have none.
    ///
    /// ```
    /// # use aplomb::Shutdown;
    /// # let shutdown = Shutdown::new();
    /// let worker = std::thread::spawn({
    ///     let guard = shutdown.drop_guard();
    ///     move || {
    ///         let _guard = guard;
    ///         // work that is not supposed to end before the app does
    ///     }
    /// });
    /// shutdown.wait();
    /// # worker.join().unwrap();
    /// ```
    pub fn drop_guard(&self) -> DropGuard {
        DropGuard {
            shutdown: self.clone(),
            armed: true,
        }
    }
}

/// Asks for the shutdown when it is dropped; from [`Shutdown::drop_guard`].
#[derive(Debug)]
#[must_use = "dropping the guard asks for the shutdown"]
pub struct DropGuard {
    shutdown: Shutdown,
    armed: bool,
}

impl DropGuard {
    /// Gives the guard up without asking for anything: who holds it has come to a good end.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// let guard = shutdown.drop_guard();
    /// // work that may end before the app does, but not by a panic
    /// guard.disarm();
    /// assert!(!shutdown.is_requested());
    /// ```
    pub fn disarm(mut self) {
        self.armed = false;
    }
}

impl Drop for DropGuard {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        let name = holder();
        if thread::panicking() {
            self.shutdown
                .request_with(format!("{name} has panicked").into(), None);
            self.shutdown.note_panic();
        } else {
            self.shutdown.request(format!("{name} has ended"));
        }
    }
}

/// Who drops the guard.
fn holder() -> String {
    #[cfg(feature = "tokio")]
    if let Some(id) = tokio::task::try_id() {
        return format!("task {id}");
    }
    match thread::current().name() {
        Some(name) => format!("thread `{name}`"),
        None => "a thread without a name".into(),
    }
}

/// What began the shutdown. The first cause counts, and stays.
///
/// ```
/// use aplomb::{Reason, Shutdown};
///
/// fn stop(shutdown: &Shutdown) {
///     match shutdown.reason() {
///         Some(Reason::Signal(signal)) => println!("asked to by {signal}"),
///         Some(reason) => println!("because of {reason}"),
///         None => println!("no reason"),
///     }
/// }
/// # stop(&Shutdown::new());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A shutdown signal.
    Signal(Signal),
    /// Code has asked for it, by [`Shutdown::request`](crate::Shutdown::request) or one of its
    /// kin.
    Requested(Request),
    /// `run` has returned by itself.
    Returned,
    /// A phase, or a function that a signal has called, has returned an `Err`.
    Failed,
    /// A phase, or a function of ours that calls yours, has panicked.
    Panicked,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Signal(signal) => signal.fmt(f),
            Reason::Requested(request) => request.fmt(f),
            Reason::Returned => f.write_str("`run` has returned"),
            Reason::Failed => f.write_str("a failure"),
            Reason::Panicked => f.write_str("a panic"),
        }
    }
}

/// A request that came from code: what was said, and the exit status, if one was asked for.
///
/// ```
/// use aplomb::Reason;
///
/// # let shutdown = aplomb::Shutdown::new();
/// shutdown.request_exit(7);
/// let Some(Reason::Requested(request)) = shutdown.reason() else { panic!() };
/// assert_eq!((&*request.why, request.code), ("exit with status 7", Some(7)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// What the caller gave as the reason.
    pub why: Cow<'static, str>,
    /// The exit status, from [`Shutdown::request_exit`](crate::Shutdown::request_exit).
    pub code: Option<u8>,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}
