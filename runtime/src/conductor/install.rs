//! Puts the handlers in place, and takes them away again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Options;
use crate::children;
use crate::error::Error;
use crate::exit;
use crate::report;
use crate::shield;
use crate::shutdown::{self, Announcer, Shutdown};
use crate::signal::{self, Inbox, MAX_SHUTDOWN_SIGNALS, Role, SIGCHLD, SIGQUIT};
use crate::sys::{self, Adoption, Blocked, Disposition, Registration};

/// Whether an app is live in this process. There is one at a time: signals are the process's.
static LIVE: AtomicBool = AtomicBool::new(false);

/// The handlers of an app, and its handle. Dropping it gives everything back.
#[derive(Debug)]
pub(super) struct Installed {
    pub(super) shutdown: Shutdown,
    /// Before `live`: while handlers are there, no other app may begin.
    _registrations: Vec<Registration>,
    /// Behind them: a handle may live on, and what a handler has opened is not to.
    _retired: Retired,
    /// While it is there, orphans are to be reaped.
    pub(super) adoption: Option<Adoption>,
    _live: Live,
}

#[derive(Debug)]
struct Retired(Arc<Inbox>);

impl Drop for Retired {
    fn drop(&mut self) {
        self.0.reading_ends().close();
    }
}

#[derive(Debug)]
struct Live;

impl Live {
    fn new() -> Result<Self, Error> {
        if LIVE.swap(true, Ordering::SeqCst) {
            return Err(Error::Live);
        }
        Ok(Live)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        shutdown::set_current(None);
        children::set_time_left(None);
        shield::forget_times();
        LIVE.store(false, Ordering::SeqCst);
    }
}

/// Installs the handlers: for the shutdown signals, and for those that call a function.
/// `of_tasks`: the app has somebody who wakes its tasks.
pub(super) fn install(
    options: &Options,
    callbacks: &[i32],
    of_tasks: bool,
) -> Result<Installed, Error> {
    let live = Live::new()?;
    if let Some(words) = options.contradiction(callbacks) {
        return Err(Error::Contradiction(words));
    }
    let signals = without(options.signals, callbacks);
    check(&signals, callbacks)?;
    exit::prepare()?;
    shield::prepare();
    // Before a handler is there that would run on it.
    sys::keep_alternate_stack();
    let inbox = Inbox::new(options.drain.is_some(), options.force_after.unwrap_or(0));
    let inbox = Arc::new(inbox.map_err(Error::Descriptor)?);
    let adoption = options.reap_orphans.then(Adoption::new).transpose();
    let adoption = adoption.map_err(Error::Orphans)?;
    let registrations = register(&signals, callbacks, adoption.is_some(), &inbox)?;
    let shutdown = Shutdown::with_inbox(inbox, Announcer::new(!of_tasks));
    shutdown::set_current(Some(shutdown.clone()));
    report::begin();
    Ok(Installed {
        _retired: Retired(Arc::clone(shutdown.shared_inbox())),
        shutdown,
        _registrations: registrations,
        adoption,
        _live: live,
    })
}

/// A signal that calls a function is no shutdown signal, also where it is one by default.
fn without(signals: &[i32], callbacks: &[i32]) -> Vec<i32> {
    let stays = |signal: &i32| !callbacks.contains(signal);
    signals.iter().copied().filter(stays).collect()
}

fn check(signals: &[i32], callbacks: &[i32]) -> Result<(), Error> {
    if signals.len() > MAX_SHUTDOWN_SIGNALS {
        return Err(Error::TooManySignals);
    }
    for &signal in signals {
        if let Some(why) = signal::why_no_shutdown_signal(signal) {
            let source = io::Error::new(io::ErrorKind::InvalidInput, why);
            return Err(Error::Signal { signal, source });
        }
    }
    let all: Vec<i32> = signals.iter().chain(callbacks).copied().collect();
    for (position, &signal) in all.iter().enumerate() {
        if all[..position].contains(&signal) {
            return Err(Error::Twice { signal });
        }
    }
    Ok(())
}

fn register(
    signals: &[i32],
    callbacks: &[i32],
    reaps: bool,
    inbox: &Arc<Inbox>,
) -> Result<Vec<Registration>, Error> {
    sys::reset_ignored_sigchld().map_err(|source| Error::Signal {
        signal: SIGCHLD,
        source,
    })?;
    let named = || signals.iter().chain(callbacks).copied();
    // Where the app itself names that signal, the listener is told as well.
    let child = (reaps && !named().any(|signal| signal == SIGCHLD)).then_some(SIGCHLD);
    // The way out that always works has no default action as PID 1. Who ignores it there means it, and so does who names it.
    let has_default = sys::disposition(SIGQUIT).ok() == Some(Disposition::Default);
    let drops_it = sys::is_pid_1() && has_default;
    let quit = (drops_it && !named().any(|signal| signal == SIGQUIT)).then_some(SIGQUIT);
    // The only use of a mask on a thread that is not ours alone: what arrives during the registration is delivered after it.
    // This also lets in what the process was started with blocked.
    let _blocked = Blocked::new(named().chain(child).chain(quit).collect());
    let mut registrations = Vec::new();
    let mut add = |signal, role| {
        let made = inbox.register(signal, role);
        registrations.push(made.map_err(|source| Error::Signal { signal, source })?);
        Ok(())
    };
    for &signal in signals {
        // Ignored by who started us: nohup(1), a shell for its background jobs. They mean it.
        if sys::disposition(signal).ok() != Some(Disposition::Ignored) {
            add(signal, Role::Shutdown)?;
        }
    }
    for (position, &signal) in (0..).zip(callbacks) {
        add(signal, Role::Callback(position))?;
    }
    if let Some(signal) = child {
        add(signal, Role::Child)?;
    }
    if let Some(signal) = quit {
        add(signal, Role::Quit)?;
    }
    Ok(registrations)
}
