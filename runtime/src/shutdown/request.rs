//! How code requests the shutdown, and the reason that a request leaves.

use std::borrow::Cow;
use std::fmt;
use std::thread;

use super::Shutdown;
use crate::lifecycle::Event;
use crate::signal::{Began, Signal};

impl Shutdown {
    /// Requests the shutdown, and says why.
    ///
    /// The first cause counts: where the shutdown was requested before, by a signal or by another call, this does
    /// nothing. The exit status stays 0. [`request_exit`](Self::request_exit) sets another one.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// shutdown.request("the last client has left");
    /// assert!(shutdown.is_requested());
    /// ```
    pub fn request(&self, why: impl Into<Cow<'static, str>>) {
        let why = why.into();
        self.request_with(Request { why, code: None }, None);
    }

    /// Requests the shutdown, and sets the exit status of the process.
    ///
    /// The status is set even where the shutdown was requested before, as by a signal. Of several calls the first
    /// counts. A panic, an `Err`, a deadline that has passed, and an [`ExitCode`](std::process::ExitCode) other than
    /// success that `run` or `stop` has returned come before it.
    ///
    /// This returns at once, and `stop` runs. `std::process::exit` runs no `stop`.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// shutdown.request_exit(7);
    /// ```
    pub fn request_exit(&self, code: u8) {
        let why = format!("exit with status {code}").into();
        let request = Request {
            why,
            code: Some(code),
        };
        self.request_with(request, Some(Event::Asked(code)));
    }

    /// Requests the shutdown, and tells the listener what else there is to know about it.
    pub(crate) fn request_with(&self, request: Request, event: Option<Event>) {
        // What is said is stored before the request is made. So a thread that sees the request, and asks for its
        // reason, finds it. Where another call has said something before, that one counts.
        let _ = self.shared.request.set(Box::new(request));
        // The event is posted before the request is made, too. In the other order a short shutdown could be over, and
        // the exit status computed, before the listener reads the event.
        if let Some(event) = event {
            self.shared.events.post(event);
        }
        self.begin(Began::Requested);
    }

    /// Returns a guard that requests the shutdown when it is dropped. A thread or a task that holds one cannot end or
    /// panic without the app noticing.
    ///
    /// The [reason](Self::reason) names the thread or the task. If a panic drops the guard, the exit status is 101.
    ///
    /// Make the guard before the thread or the task is spawned, and move it inside. A task that is never polled would
    /// not make one.
    ///
    /// A worker that waits for jobs in `Receiver::recv` is at no interruption point. It ends when the last sender is
    /// dropped: in a function of [`on_request`](Self::on_request), or in `run` behind its last interruption point. To
    /// drop the sender in `stop` is too late for a `run` that joins the worker.
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

/// A guard that requests the shutdown when it is dropped; from [`Shutdown::drop_guard`].
#[derive(Debug)]
#[must_use = "dropping the guard asks for the shutdown"]
pub struct DropGuard {
    shutdown: Shutdown,
    armed: bool,
}

impl DropGuard {
    /// Drops the guard without requesting the shutdown, for work that has come to a good end.
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
        let name = current_name();
        let (what, event) = if thread::panicking() {
            ("has panicked", Some(Event::CallbackPanicked))
        } else {
            ("has ended", None)
        };
        let why = format!("{name} {what}").into();
        self.shutdown
            .request_with(Request { why, code: None }, event);
    }
}

/// The name of the current task, or of the current thread where there is no task.
fn current_name() -> String {
    #[cfg(feature = "tokio")]
    if let Some(id) = tokio::task::try_id() {
        return format!("task {id}");
    }
    match thread::current().name() {
        Some(name) => format!("thread `{name}`"),
        None => "a thread without a name".into(),
    }
}

/// What has requested the shutdown; from [`Shutdown::reason`]. The first cause counts, and stays.
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
    /// A shutdown signal has arrived.
    Signal(Signal),
    /// Code has requested it, by [`Shutdown::request`](crate::Shutdown::request),
    /// [`Shutdown::request_exit`](crate::Shutdown::request_exit) or a [`DropGuard`].
    Requested(Request),
    /// `run` has returned without being asked to.
    Returned,
    /// A phase, or a function that a signal calls, has returned an `Err`.
    Failed,
    /// A phase, or another function that this library calls for the program, has panicked.
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

/// What code has said when it requested the shutdown: why, and with which exit status; from [`Reason::Requested`].
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
    /// The reason that the caller has given.
    pub why: Cow<'static, str>,
    /// The exit status that [`Shutdown::request_exit`](crate::Shutdown::request_exit) has asked for.
    pub code: Option<u8>,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// A listener that sees the request finds everything that the exit status depends on.
    #[test]
    fn what_comes_with_a_request_is_there_before_it() {
        let asks: fn(&Shutdown) = |shutdown| shutdown.request_exit(7);
        let panics: fn(&Shutdown) = |shutdown| {
            let guard = shutdown.drop_guard();
            let panics = AssertUnwindSafe(move || {
                let _guard = guard;
                panic!("on purpose");
            });
            catch_unwind(panics).unwrap_err();
        };
        let ways = [(asks, Event::Asked(7)), (panics, Event::CallbackPanicked)];
        for (request, event) in ways.into_iter().cycle().take(200) {
            let shutdown = Shutdown::new();
            let listener = thread::spawn({
                let shutdown = shutdown.clone();
                move || {
                    while !shutdown.is_requested() {
                        std::hint::spin_loop();
                    }
                    shutdown.events().next()
                }
            });
            request(&shutdown);
            assert_eq!(listener.join().unwrap(), Some(event));
        }
    }
}
