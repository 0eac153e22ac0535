//! A service of systemd's: what it tells its manager, and what it has from it.
//!
//! [`App::systemd`](crate::App::systemd), or the key `systemd` of [`#[app]`](macro@crate::app), has an app tell systemd
//! of its state (`sd_notify(3)`). Where nobody wants to hear that, since `$NOTIFY_SOCKET` is not set, nothing is done.
//!
//! ```
//! # #[cfg(all(unix, feature = "macros"))] mod example {
//! use aplomb::{Shutdown, app, systemd};
//! use std::net::TcpListener;
//! use std::os::fd::OwnedFd;
//! use std::io;
//!
//! fn start() -> io::Result<TcpListener> {
//!     let mut sockets = systemd::listen_fds()?.into_iter();
//!     match sockets.find(|(name, _)| name == "http") {
//!         Some((_, socket)) => Ok(socket.into()),
//!         None => TcpListener::bind("127.0.0.1:8080"), // by hand, without systemd
//!     }
//! }
//!
//! fn run(listener: &TcpListener, shutdown: &Shutdown) { shutdown.wait() }
//!
//! fn is_healthy() -> bool { true }
//!
//! #[app(start, run, systemd(check = is_healthy, extend = "5m"))]
//! fn main() {}
//! # }
//! ```
//!
//! # What systemd is told
//!
//! | message | when |
//! |---|---|
//! | `READY=1` | When `run` begins, which is when the `start`s of all components have ended. Or when the program [announces](crate::Shutdown::announce_ready) it. |
//! | `RELOADING=1` with `MONOTONIC_USEC`, then `READY=1` | When the function of SIGHUP is called, and when it has returned, well or not. |
//! | `STOPPING=1` | At the request, also in `start`; and where code calls [`std::process::exit`], unless the process has ended by then. |
//! | `STATUS=` | What the program [says](crate::Shutdown::progress); and what the end waits for, in the words of the lines on standard error. |
//! | `EXTEND_TIMEOUT_USEC=` | While there is [progress](Systemd::extend) in a start or a stop, where the app has set how long these may take. |
//! | `WATCHDOG=1` | Four times in each interval of the watchdog, as long as the app listens, and its [check](Systemd::check) passes. |
//!
//! The listener sends them, and waits for nobody. What a socket that is full does not take is sent a little later, and
//! only what is still true then. Where the socket is not there, or may not be written to, one line on standard error
//! says so, and the app goes on as without it.
//!
//! # The environment
//!
//! `$NOTIFY_SOCKET`, `$WATCHDOG_USEC`, `$WATCHDOG_PID`, `$LISTEN_PID`, `$LISTEN_FDS` and `$LISTEN_FDNAMES` are for this
//! process, and not for its children. So the app takes them out of the environment before any code of its functions
//! runs. No other thread may look at the environment meanwhile: where there is one by then, as in a program that makes
//! the app late, the variables stay.
//!
//! # The unit
//!
//! The folder `examples/systemd` has a program with its units, which say what each line is for. `Type=notify` has
//! systemd wait for `READY=1`, and `Type=notify-reload` makes `systemctl reload` the function of SIGHUP, which the app
//! has to have: without one SIGHUP stops it. `KillMode=mixed` leaves children to the app. Where a shell starts the
//! program it has to `exec` it: systemd listens to the process alone that it has started.
//!
//! An app that is told to the manager is the program, or what the program ends with: after `STOPPING=1` systemd waits
//! for the end of the process. There is no systemd on other systems than Linux; there all of this does nothing.

use std::fmt;
use std::fmt::Debug;
use std::time::Duration;

use crate::error::CallbackOutput;

mod extension;
#[cfg(unix)]
mod listen_fds;
mod notifier;
mod variables;
mod watchdog;

#[cfg(unix)]
pub use listen_fds::listen_fds;
pub(crate) use notifier::Notifier;
use watchdog::Check;

/// What systemd is told of an app, for [`App::systemd`](crate::App::systemd).
#[must_use = "it is to be given to an app"]
#[derive(Default)]
pub struct Systemd {
    check: Option<Check>,
    extend: Option<Duration>,
    is_announced: bool,
}

impl Systemd {
    /// The messages that need no more: that the app is ready, reloads, stops, what it waits for; and that it lives.
    pub fn new() -> Self {
        Systemd::default()
    }

    /// Has the watchdog (`WatchdogSec=`) be about the program's work as well, and not about the library alone.
    ///
    /// `check` is called on a thread of its own, four times in each interval of the watchdog, from `READY=1` until the
    /// request. It returns a `bool`, or a `Result<(), E>` whose error is printed. systemd is told that the program
    /// lives as long as the last time that `check` has passed is not longer ago than half of the interval. So one that
    /// blocks, fails or panics has systemd end the program with `SIGABRT`, and start it again where the unit says so.
    ///
    /// Before `READY=1`, and from the request on, systemd is told that the program lives as long as the app listens.
    /// Where the unit has no watchdog, `check` is never called.
    ///
    /// ```
    /// # use std::io;
    /// # use std::net::TcpStream;
    /// use aplomb::systemd::Systemd;
    ///
    /// fn is_served() -> io::Result<()> { TcpStream::connect("127.0.0.1:8080").map(drop) }
    ///
    /// let systemd = Systemd::new().check(is_served);
    /// # let _ = systemd;
    /// ```
    pub fn check<T: CheckOutput>(mut self, mut check: impl FnMut() -> T + Send + 'static) -> Self {
        self.check = Some(Check::new(move || check().into_verdict()));
        self
    }

    /// Lets the start and the stop each take so long, in place of `TimeoutStartSec=` and `TimeoutStopSec=`, while there
    /// is progress.
    ///
    /// There is progress when a phase, a component's function, a step of a [`Cleanup`](crate::Cleanup) or a shield
    /// begins or ends, and when the program [says](crate::Shutdown::progress) so. Where there was none for a tenth of
    /// this time, systemd waits no longer than the unit says. Without this call it never waits longer than that.
    ///
    /// A [`deadline`](crate::App::deadline) of the app and its other limits hold all the same.
    ///
    /// ```
    /// use aplomb::systemd::Systemd;
    /// use std::time::Duration;
    ///
    /// let systemd = Systemd::new().extend(Duration::from_secs(300)); // with progress at least every 30 s
    /// # let _ = systemd;
    /// ```
    pub fn extend(mut self, bound: Duration) -> Self {
        self.extend = Some(bound);
        self
    }

    /// Has systemd told that the program is ready when it [announces](crate::Shutdown::announce_ready) that, and not
    /// when `run` begins.
    ///
    /// ```no_run
    /// use aplomb::systemd::Systemd;
    /// use aplomb::{Absent, App, Shutdown};
    ///
    /// # fn fill_caches() {}
    /// fn run(shutdown: &Shutdown) {
    ///     fill_caches();
    ///     shutdown.announce_ready();
    ///     shutdown.wait();
    /// }
    ///
    /// App::new(Absent, run, Absent).systemd(Systemd::new().announced()).main();
    /// ```
    pub fn announced(mut self) -> Self {
        self.is_announced = true;
        self
    }

    /// What is wrong with these, in words.
    pub(crate) fn contradiction(&self) -> Option<String> {
        let words = "`extend` of `systemd` is zero, which leaves no time: leave it out where systemd is to wait no longer";
        (self.extend == Some(Duration::ZERO)).then(|| words.into())
    }
}

impl Debug for Systemd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Systemd")
            .field("extend", &self.extend)
            .field("is_announced", &self.is_announced)
            .finish_non_exhaustive()
    }
}

/// What a [check](Systemd::check) may return: `bool`, or `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a check of the watchdog cannot return `{Self}`",
    note = "it returns `bool`, or `Result<(), E>` where `E: Debug + 'static`"
)]
pub trait CheckOutput {
    #[doc(hidden)]
    fn into_verdict(self) -> Result<(), Option<String>>;
}

impl CheckOutput for bool {
    fn into_verdict(self) -> Result<(), Option<String>> {
        if self { Ok(()) } else { Err(None) }
    }
}

impl<E: Debug + 'static> CheckOutput for Result<(), E> {
    fn into_verdict(self) -> Result<(), Option<String>> {
        self.into_result().map_err(|failure| Some(failure.text()))
    }
}
