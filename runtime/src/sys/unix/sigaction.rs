//! What the process does with a signal, and the one place where handlers are registered: `sigaction(2)`. All systems
//! have it.
//!
//! A handler is registered with `signal-hook-registry`, which calls ours beside those of others: `tokio::signal` uses
//! the same registry. What the registry leaves open is done here: the mask, the alternate stack, and giving the
//! disposition back.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Mutex;

use super::atfork::Process;
use super::kernel::send_to_this_thread;
use super::siginfo::sender_of;
use super::{sigaltstack, signum, sigprocmask};
use crate::sync::lock;
use crate::sys::{Disposition, Sender};

impl Disposition {
    fn of(handler: libc::sighandler_t) -> Self {
        match handler {
            libc::SIG_DFL => Disposition::Default,
            libc::SIG_IGN => Disposition::Ignored,
            _ => Disposition::Handled,
        }
    }
}

fn present(signal: i32) -> io::Result<libc::sigaction> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action only asks; the pointer is valid for writing the present one.
    if unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call has succeeded, so it is written.
    Ok(unsafe { action.assume_init() })
}

fn replace(signal: i32, action: &libc::sigaction) -> io::Result<()> {
    // SAFETY: the action is one that the system gave us for this very signal, perhaps with another mask and SA_ONSTACK,
    // or SIG_DFL or SIG_IGN with everything else zero; all of these are valid.
    if unsafe { libc::sigaction(signal, ptr::from_ref(action), ptr::null_mut()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

fn default_action() -> libc::sigaction {
    // SAFETY: plain integers and a mask, for which all zeroes are valid: SIG_DFL, no flags.
    unsafe { MaybeUninit::<libc::sigaction>::zeroed().assume_init() }
}

fn ignoring_action() -> libc::sigaction {
    let mut action = default_action();
    action.sa_sigaction = libc::SIG_IGN;
    action
}

/// Returns what the process does with that signal now.
///
/// # Errors
///
/// When there is no such signal.
pub(crate) fn disposition(signal: i32) -> io::Result<Disposition> {
    Ok(Disposition::of(present(signal)?.sa_sigaction))
}

/// Has children reaped by whoever waits for them, where the process was started with SIGCHLD ignored.
///
/// An ignored SIGCHLD is inherited through exec. The kernel then reaps all children by itself, so that
/// `std::process::Child::wait` fails with ECHILD (`wait(2)`). Returns whether that was so.
///
/// # Errors
///
/// None that is known: SIGCHLD exists and may be set.
pub(crate) fn reset_ignored_sigchld() -> io::Result<bool> {
    let is_ignored = disposition(signum::SIGCHLD)? == Disposition::Ignored;
    if is_ignored {
        replace(signum::SIGCHLD, &default_action())?;
    }
    Ok(is_ignored)
}

/// Undoes [`reset_ignored_sigchld`].
pub(crate) fn ignore_sigchld() {
    // Neither the signal nor the action is refused.
    let _ = replace(signum::SIGCHLD, &ignoring_action());
}

/// Lets the signal's default action happen to this process, now. Returns where that action is
/// not to end it. Async-signal-safe.
pub(super) fn take_default(signal: i32) {
    // The result does not matter: what cannot be set cannot be handled either.
    let _ = replace(signal, &default_action());
    // The signal is unblocked after the disposition has changed. Otherwise a signal that is pending would still go to
    // the handler.
    sigprocmask::unblock(signal);
    // This thread does not block it: so it is delivered before the call returns.
    send_to_this_thread(signal);
}

/// Sends this process a signal again that a handler of ours has taken, and that nobody has heard of.
///
/// Only a default action is left to happen: a handler from before was called by the registry's when the signal came, as
/// were those of others in the registry. The signal is sent to the process, and not to this thread: where it is blocked
/// again by now, it stays pending for whoever waits for it.
pub(crate) fn send_again(signal: i32) {
    if disposition(signal).ok() == Some(Disposition::Default) {
        // SAFETY: takes two integers, and looks at no memory.
        unsafe { libc::kill(libc::getpid(), signal) };
    }
}

/// Discards the signals that are pending for this process and this thread. Async-signal-safe.
///
/// By POSIX a pending signal is discarded when its disposition becomes to ignore it, also where the signal is blocked.
/// Afterwards each signal has the disposition that it had before.
#[cfg(feature = "process")]
pub(super) fn forget_pending() {
    // Linux has 64 signals, and other systems have fewer. `sigismember` refuses what is no signal.
    const LAST: i32 = 64;
    let mut pending = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the pointer is valid for writing. Without success the set stays all zeroes, which is one too: an empty
    // one.
    let pending = unsafe {
        libc::sigpending(pending.as_mut_ptr());
        pending.assume_init()
    };
    for signal in 1..=LAST {
        // SAFETY: the set is valid for reading; what is no signal is an error, which is not 1.
        if unsafe { libc::sigismember(&raw const pending, signal) } != 1 {
            continue;
        }
        // An error says that the signal is the C library's own, or cannot be set.
        let Ok(before) = present(signal) else {
            continue;
        };
        let _ = replace(signal, &ignoring_action());
        let _ = replace(signal, &before);
    }
}

/// A handler that is in place. Dropping this value restores the disposition from before.
pub(crate) struct Registration {
    signal: i32,
    id: signal_hook_registry::SigId,
    before: libc::sigaction,
    /// The address of the registry's handler, which calls ours.
    handler: libc::sighandler_t,
}

/// The action that the registry has installed for each signal that was registered.
///
/// The registry installs its handler once and never takes it away. When a `Registration` has restored the disposition
/// from before, the next one must put the registry's action back itself. A forked child has the registry's state, and
/// so inherits this list. Only an app asks for it, and no app begins where a thread of the parent may have held the
/// lock.
static REGISTRY_ACTIONS: Mutex<Vec<(i32, libc::sigaction)>> = Mutex::new(Vec::new());

impl Registration {
    /// Has `handler` called with the signal and its sender whenever the signal arrives, on whichever thread the kernel
    /// chose, after whatever handler there was before and beside those of others in the registry. All of these
    /// run with every signal blocked but the faults, and on the thread's alternate stack, where it has one.
    ///
    /// `handler` must be async-signal-safe, and must not panic. The compiler cannot see to that, and `unsafe` ends at
    /// this folder; so there is one caller, `Inbox::register`, whose handler stands beside it with the reasons.
    ///
    /// The signal must be blocked on all threads. The registry loses a signal that arrives while it registers, between
    /// its `sigaction` and the publication of its table (measured by injection, at about one instruction of eight).
    ///
    /// A forked child that has not exec'd runs our handlers too. A signal there is not for the app that has registered
    /// them, and gets its default action, whatever else of this library the child uses. (No app can begin in a child
    /// that has such handlers: while they are in place the parent has threads.)
    ///
    /// # Errors
    ///
    /// Those of `sigaction(2)`. There is no such signal, where its number is above [`signum::HIGHEST`].
    ///
    /// # Panics
    ///
    /// For a signal that the registry refuses: SIGKILL, SIGSTOP and some faults.
    pub(crate) fn new(
        signal: i32,
        handler: impl Fn(i32, Option<Sender>) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        if signal > signum::HIGHEST.into() {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        // The disposition is read before the registry changes it.
        let before = present(signal)?;
        let home = Process::current();
        let action = move |info: &libc::siginfo_t| {
            if home.is_current() {
                handler(info.si_signo, sender_of(info));
            } else {
                take_default(info.si_signo);
            }
        };
        // SAFETY: the action is async-signal-safe (signal-safety(7)). `is_current` loads an atomic and calls getpid,
        // `sender_of` reads memory, `take_default` calls sigaction, pthread_sigmask and raise, and the caller vouches
        // for `handler`. The registry saves errno before it. Dropping the action, and with it what the handler owns,
        // happens in `unregister`, on a thread and in no handler.
        let id = unsafe { signal_hook_registry::register_sigaction(signal, action)? };
        let mut registration = Registration {
            signal,
            id,
            before,
            handler: libc::SIG_DFL,
        };
        registration.handler = registration.install()?;
        Ok(registration)
    }

    pub(crate) fn signal(&self) -> i32 {
        self.signal
    }

    /// Returns what the process does with the signal now, where that is not to call our handler any more.
    ///
    /// Handlers are compared by their address alone, since Go's runtime adds `SA_ONSTACK` to the actions of others.
    pub(crate) fn replaced_by(&self) -> Option<Disposition> {
        let now = present(self.signal).ok()?.sa_sigaction;
        (now != self.handler).then(|| Disposition::of(now))
    }

    /// Makes sure that the registry's handler is the one in place, and that nothing interrupts it. Returns the
    /// handler's address.
    fn install(&self) -> io::Result<libc::sighandler_t> {
        // The lock is held until the end, so that what is found there stays true while it is put in place. Nobody waits
        // for it: handlers do not take it, and there is one app at a time.
        let mut known = lock(&REGISTRY_ACTIONS);
        let installed = known.iter().find(|(signal, _)| *signal == self.signal);
        if let Some((_, action)) = installed {
            replace(self.signal, &uninterrupted(*action))?;
            return Ok(action.sa_sigaction);
        }
        let action = present(self.signal)?;
        replace(self.signal, &uninterrupted(action))?;
        known.push((self.signal, action));
        Ok(action.sa_sigaction)
    }
}

/// Does nothing: the registry calls our handler beside those of others, and whoever has replaced it is
/// [told of](Registration::replaced_by).
pub(crate) fn come_first() {}

/// Returns the registry's action, with a mask that has all signals but the faults. The handler runs on the thread's
/// alternate stack, where the thread has one and that of the initial thread stays.
///
/// The registry's own mask is empty. Then the frames of several signals would pile up, and the alternate stacks that
/// the standard library makes may have 8 KiB, which is enough for two. Alternate stacks are used because the stacks of
/// goroutines have no room for a handler: Go's runtime asks all code in its process for `SA_ONSTACK`.
fn uninterrupted(mut action: libc::sigaction) -> libc::sigaction {
    action.sa_mask = sigprocmask::all_but_faults();
    if sigaltstack::stays() {
        action.sa_flags |= libc::SA_ONSTACK;
    }
    action
}

impl Drop for Registration {
    fn drop(&mut self) {
        // The disposition comes first, so that no signal falls into an empty handler.
        let _ = replace(self.signal, &self.before);
        signal_hook_registry::unregister(self.id);
    }
}
