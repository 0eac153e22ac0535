//! Dispositions, masks, and the one place where handlers are registered.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::{Arc, Mutex};

use super::handler::{Inbox, Role};
use super::process;
use crate::signal::Sender;

/// What the process does with a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    Default,
    Ignored,
    Handled,
}

/// Whether the default action of a signal that may be a shutdown signal is to dump core
/// (`signal(7)`).
pub(super) fn dumps_core(signal: i32) -> bool {
    matches!(
        signal,
        libc::SIGQUIT | libc::SIGTRAP | libc::SIGSYS | libc::SIGXCPU | libc::SIGXFSZ
    )
}

/// Whether the default action of a signal is to stop the process, which is not to end it.
pub(super) fn stops(signal: i32) -> bool {
    matches!(signal, libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU)
}

/// Which signals cannot be handled, or must not be: SIGKILL and SIGSTOP by POSIX, and the
/// faults, after which the interrupted code cannot go on.
pub(crate) fn is_forbidden(signal: i32) -> bool {
    signal_hook_registry::FORBIDDEN.contains(&signal)
        || matches!(signal, libc::SIGBUS | libc::SIGABRT)
}

fn current(signal: i32) -> io::Result<libc::sigaction> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action only asks; the pointer is valid for writing the present one.
    if unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call has succeeded, so it is written.
    Ok(unsafe { action.assume_init() })
}

fn replace(signal: i32, action: &libc::sigaction) -> io::Result<()> {
    // SAFETY: the action is one that the system gave us for this very signal, or SIG_DFL with
    // everything else zero, which is a valid one.
    if unsafe { libc::sigaction(signal, ptr::from_ref(action), ptr::null_mut()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// What the process does with that signal now.
///
/// # Errors
///
/// When there is no such signal.
pub(crate) fn disposition(signal: i32) -> io::Result<Disposition> {
    Ok(match current(signal)?.sa_sigaction {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignored,
        _ => Disposition::Handled,
    })
}

fn default_action() -> libc::sigaction {
    // SAFETY: plain integers and a mask, for which all zeroes are valid: SIG_DFL, no flags.
    unsafe { MaybeUninit::<libc::sigaction>::zeroed().assume_init() }
}

/// An ignored SIGCHLD is inherited through exec like any other, and makes the kernel reap all
/// children by itself, so that `std::process::Child::wait` fails with ECHILD (wait(2)).
///
/// # Errors
///
/// None that is known: SIGCHLD exists and may be set.
pub(crate) fn reset_ignored_sigchld() -> io::Result<()> {
    if disposition(libc::SIGCHLD)? == Disposition::Ignored {
        replace(libc::SIGCHLD, &default_action())?;
    }
    Ok(())
}

fn set_of(signals: &[i32]) -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the pointer is valid for writing; sigemptyset initializes the set whole, and
    // sigaddset refuses what is no signal.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for &signal in signals {
            libc::sigaddset(set.as_mut_ptr(), signal);
        }
        set.assume_init()
    }
}

fn change_mask(how: libc::c_int, set: &libc::sigset_t) {
    // SAFETY: the set is valid, the old one is not asked for. The only error is an unknown
    // `how`. Async-signal-safe.
    unsafe { libc::pthread_sigmask(how, ptr::from_ref(set), ptr::null_mut()) };
}

/// Lets the signal's default action happen to this process, now. Returns where that action is
/// not to end it. Async-signal-safe.
pub(super) fn take_default(signal: i32) {
    // The result does not matter: what cannot be set cannot be handled either.
    let _ = replace(signal, &default_action());
    change_mask(libc::SIG_UNBLOCK, &set_of(&[signal]));
    // SAFETY: takes an integer. To this thread, which does not block the signal: it is
    // delivered before the call returns.
    unsafe { libc::raise(signal) };
}

/// Signals that this thread does not take while this lives; afterwards it takes all of them,
/// also those that the process was started with blocked.
#[derive(Debug)]
pub(crate) struct Blocked {
    signals: Vec<i32>,
}

impl Blocked {
    pub(crate) fn new(signals: Vec<i32>) -> Self {
        change_mask(libc::SIG_BLOCK, &set_of(&signals));
        Blocked { signals }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        change_mask(libc::SIG_UNBLOCK, &set_of(&self.signals));
    }
}

/// Who sent it: known when a process did, by kill, tgkill or sigqueue (sigaction(2)). A terminal's
/// Ctrl-C has the kernel's code, and a timer's signal has other things in the fields.
fn sender(info: &libc::siginfo_t) -> Option<Sender> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let sent = matches!(
        info.si_code,
        libc::SI_USER | libc::SI_QUEUE | libc::SI_TKILL
    );
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let sent = matches!(info.si_code, libc::SI_USER | libc::SI_QUEUE);
    sent.then(|| {
        // SAFETY: for these codes the kernel has filled in both fields.
        let (pid, uid) = unsafe { (info.si_pid(), info.si_uid()) };
        Sender::new(pid.unsigned_abs(), uid)
    })
}

/// A handler that is in place. Dropping it gives the disposition of before back.
#[derive(Debug)]
pub(crate) struct Registration {
    signal: i32,
    id: signal_hook_registry::SigId,
    before: libc::sigaction,
}

/// The action that the shared registry has installed for each signal that was registered.
///
/// The registry installs its handler once and never takes it away. When a `Registration` has
/// given the disposition of before back, the next one must put the registry's back itself.
static REGISTRY_ACTIONS: Mutex<Vec<(i32, libc::sigaction)>> = Mutex::new(Vec::new());

impl Registration {
    /// Has the signal delivered to the inbox whenever it arrives, on whichever thread the kernel
    /// chose, after whatever handler there was before and beside those of others that use the
    /// same registry (`tokio::signal` is one).
    ///
    /// To be called with the signal blocked on all threads: the registry loses a signal
    /// that arrives while it registers (between its `sigaction` and the publication of its
    /// table; measured by injection, at about one instruction of eight).
    ///
    /// A forked child that has not exec'd runs our handlers too; a signal there is not for us,
    /// and gets its default action.
    ///
    /// # Errors
    ///
    /// Those of `sigaction(2)`: the signal does not exist, or cannot be handled.
    pub(crate) fn new(signal: i32, role: Role, inbox: Arc<Inbox>) -> io::Result<Self> {
        if is_forbidden(signal) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let before = current(signal)?;
        let handler = move |info: &libc::siginfo_t| {
            if process::is_home() {
                inbox.deliver(info.si_signo, sender(info), role);
            } else {
                take_default(info.si_signo);
            }
        };
        // SAFETY: in the handler nothing allocates, locks or panics. It calls getpid, what
        // `take_default` calls, and `Inbox::deliver`: atomics, clock_gettime, write, and at the
        // last `die_by`; all of them are async-signal-safe (signal-safety(7)). The registry has
        // saved errno. Dropping the handler, and with it perhaps the inbox, happens in
        // `unregister`, on a thread and in no handler.
        let id = unsafe { signal_hook_registry::register_sigaction(signal, handler)? };
        let registration = Registration { signal, id, before };
        registration.install()?;
        Ok(registration)
    }

    /// Makes sure that the registry's handler is the one in place.
    fn install(&self) -> io::Result<()> {
        let mut known = REGISTRY_ACTIONS
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let installed = known.iter().find(|(signal, _)| *signal == self.signal);
        if let Some((_, action)) = installed {
            return replace(self.signal, action);
        }
        known.push((self.signal, current(self.signal)?));
        Ok(())
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // First the disposition, so that no signal falls into an empty handler.
        let _ = replace(self.signal, &self.before);
        signal_hook_registry::unregister(self.id);
    }
}
