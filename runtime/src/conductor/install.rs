//! Installs the signal handlers of an app, and takes them away at its end.

use std::io;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Options;
use crate::children;
use crate::error::Error;
use crate::exit;
use crate::report;
use crate::shield;
use crate::shutdown::{self, Announcer, Shutdown};
use crate::signal::{self, Inbox, MAX_CALLBACKS, MAX_SHUTDOWN_SIGNALS, Role, SIGCHLD, SIGQUIT};
use crate::status::ExitPolicy;
use crate::sys::{
    self, Adoption, Blocked, Disposition, FirstModes, Mask, PerProcess, Registration,
};

/// Whether an app is live in this process. Dispositions belong to the process, so there is one app at a time. A forked
/// child has none.
static LIVE: PerProcess<AtomicBool> = PerProcess::new(AtomicBool::default);

/// The handlers of an app, and its [`Shutdown`] handle.
///
/// Dropping this gives everything back. The fields are dropped in the order of their declaration, which matters.
pub(super) struct Installed {
    pub(super) shutdown: Shutdown,
    /// Comes before `_live`: the next app may not register its handlers while these are in place.
    pub(super) registrations: Vec<Registration>,
    /// Comes after the handlers: no handler can open a descriptor any more when this closes those that were opened. The
    /// handle itself may live on in a clone.
    _retired: Retired,
    /// Comes after the handlers: one of them may end the process, and sets the terminal's modes back then.
    _terminal: Option<FirstModes>,
    /// What is given back only where the app cannot begin. Comes after the handlers: a signal that was blocked, and
    /// comes meanwhile, is for what was there before.
    not_begun: Option<Inherited>,
    /// While this lives, orphans become children of this process, and the listener has to reap them.
    pub(super) adoption: Option<Adoption>,
    /// Comes after all that is given back: what a signal does that is sent again is what it did before.
    unheard: Unheard,
    _live: Live,
}

impl Installed {
    /// Notes that the app has begun: what the process has inherited stays changed from here on.
    pub(super) fn note_begun(&mut self) {
        // Plain data: to forget it leaks nothing.
        mem::forget(self.not_begun.take());
        self.unheard.0 = None;
    }
}

/// Closes the descriptors that signal handlers have opened, says that no signal arrives any more, and takes the
/// deadlines away from the app's children that live on.
#[derive(Debug)]
struct Retired(Shutdown);

impl Drop for Retired {
    fn drop(&mut self) {
        let inbox = self.0.inbox();
        inbox.reading_ends().close();
        inbox.retire();
        children::set_time_left(&self.0, None);
    }
}

/// Sends the process the signals again that have come to an app which cannot begin. Nobody else would hear of them: the
/// program goes on without the app, and waits for the signal that was sent.
#[derive(Debug)]
struct Unheard(Option<Arc<Inbox>>);

impl Drop for Unheard {
    fn drop(&mut self) {
        let inbox = self.0.iter();
        inbox
            .flat_map(|inbox| inbox.arrived().all())
            .for_each(sys::send_again);
    }
}

/// What the process was started with, and has again when this is dropped.
struct Inherited {
    /// Signals that were blocked are unblocked when the handlers are there.
    _mask: Mask,
    /// Whether SIGCHLD was ignored.
    ignores_sigchld: bool,
}

impl Inherited {
    /// Notes what is there, and lets children be waited for.
    fn replace() -> Result<Self, Error> {
        let sigchld = sys::reset_ignored_sigchld();
        Ok(Inherited {
            _mask: Mask::present(),
            ignores_sigchld: sigchld.map_err(|source| Error::Signal {
                signal: SIGCHLD,
                source,
            })?,
        })
    }
}

impl Drop for Inherited {
    fn drop(&mut self) {
        if self.ignores_sigchld {
            sys::ignore_sigchld();
        }
    }
}

/// The right to be the live app of this process.
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
        // The flag is reset last: until then the next app could begin, and lose what is taken away here.
        shutdown::set_current(None);
        shield::forget_times();
        shield::forget_terms();
        report::wait_again();
        LIVE.store(false, Ordering::SeqCst);
    }
}

/// Installs the handlers for the shutdown signals and for the signals that call a function.
///
/// `callbacks` are the signals that call a function. In an async app another thread wakes the tasks (`waker.rs`), so
/// the handle starts none. `may_drain` says whether there may be time between a request and the cancellation.
///
/// # Errors
///
/// When the app cannot begin. Everything is as before then.
pub(super) fn install(
    options: &Options,
    callbacks: &[i32],
    is_async: bool,
    may_drain: bool,
) -> Result<Installed, Error> {
    if sys::is_cut_off() {
        return Err(Error::Forked);
    }
    let live = Live::new()?;
    if shield::held_on_this_thread() {
        return Err(Error::InShield);
    }
    if let Some(words) = options.contradiction(callbacks, is_async) {
        return Err(Error::Contradiction(words));
    }
    let signals = without_callbacks(options.signals, callbacks);
    check(&signals, callbacks)?;
    exit::prepare()?;
    let _ = exit::register_again();
    shield::prepare();
    shield::set_exit_wait(options.limits.exit_wait);
    // A handler runs on the alternate stack, so the stack that stays has to be there before the first handler.
    sys::keep_alternate_stack();
    let inbox = Inbox::new(may_drain, options.force_after.unwrap_or(0));
    let mut inbox = inbox.map_err(Error::Descriptor)?;
    if options.exit == ExitPolicy::Code {
        inbox = inbox.force_by_code();
    }
    let inbox = Arc::new(inbox);
    // This comes before all that is changed: so it is dropped after that was given back.
    let unheard = Unheard(Some(Arc::clone(&inbox)));
    let adoption = options.reap_orphans.then(Adoption::new).transpose();
    let adoption = adoption.map_err(Error::Orphans)?;
    let terminal = options
        .restore_terminal
        .then(FirstModes::remember)
        .flatten();
    let inherited = Inherited::replace()?;
    let registrations = register(&signals, callbacks, adoption.is_some(), &inbox)?;
    let shutdown = Shutdown::of_app(inbox, Announcer::new(!is_async));
    shutdown::set_current(Some(shutdown.clone()));
    Ok(Installed {
        _retired: Retired(shutdown.clone()),
        shutdown,
        registrations,
        not_begun: Some(inherited),
        _terminal: terminal,
        adoption,
        unheard,
        _live: live,
    })
}

/// The shutdown signals without those that call a function. Such a signal is no shutdown signal, not even where it is
/// one by default.
fn without_callbacks(signals: &[i32], callbacks: &[i32]) -> Vec<i32> {
    let stays = |signal: &i32| !callbacks.contains(signal);
    signals.iter().copied().filter(stays).collect()
}

/// Checks that each signal can be handled, and has one role.
fn check(signals: &[i32], callbacks: &[i32]) -> Result<(), Error> {
    if signals.len() > MAX_SHUTDOWN_SIGNALS {
        return Err(Error::TooManySignals);
    }
    if let Some(&signal) = callbacks.get(MAX_CALLBACKS) {
        let why = format!("{MAX_CALLBACKS} other signals have functions, and an app has no more");
        let source = io::Error::new(io::ErrorKind::InvalidInput, why);
        return Err(Error::Signal { signal, source });
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

/// Registers a handler for each signal.
fn register(
    signals: &[i32],
    callbacks: &[i32],
    reaps: bool,
    inbox: &Arc<Inbox>,
) -> Result<Vec<Registration>, Error> {
    let named = || signals.iter().chain(callbacks).copied();
    // Where the app itself names SIGCHLD, that handler tells the listener as well, so no second one is needed.
    let child = (reaps && !named().any(|signal| signal == SIGCHLD)).then_some(SIGCHLD);
    // SIGQUIT is the way out that always works, but the kernel drops it for PID 1 as long as it has no handler
    // (pid_namespaces(7)). Where the program ignores SIGQUIT, or the app names it, that is on purpose and stays.
    let has_default = sys::disposition(SIGQUIT).ok() == Some(Disposition::Default);
    let drops_it = sys::is_pid_1() && has_default;
    let quit = (drops_it && !named().any(|signal| signal == SIGQUIT)).then_some(SIGQUIT);
    // The registry loses a signal that arrives while it registers. So the signals are blocked meanwhile: they stay
    // pending, and are delivered when the block ends. That also unblocks signals which were blocked when the process
    // was started. No other mask of a thread that runs code of the user's is ever touched.
    let _blocked = Blocked::new(named().chain(child).chain(quit).collect());
    let mut registrations = Vec::new();
    let mut add = |signal, role| {
        let made = inbox.register(signal, role);
        registrations.push(made.map_err(|source| Error::Signal { signal, source })?);
        Ok(())
    };
    for &signal in signals {
        // A signal is ignored here where the parent wants it so: nohup(1), or a shell for its background jobs.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_signals_have_a_limit() {
        let functions: Vec<i32> = (0..=i32::try_from(MAX_CALLBACKS).unwrap()).collect();
        assert!(check(&[], &functions[..MAX_CALLBACKS]).is_ok());
        let error = check(&[], &functions).expect_err("there is one more");
        let last = functions[MAX_CALLBACKS];
        assert!(matches!(error, Error::Signal { signal, .. } if signal == last));
    }
}
