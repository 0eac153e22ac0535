//! Dispositions and masks: what the process does with a signal, and whether a thread takes it.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use super::signum;
use crate::signal;

/// What the process does with a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    Default,
    Ignored,
    Handled,
}

/// Why a signal cannot be handled, or must not be.
pub(super) fn refusal(number: i32) -> Option<&'static str> {
    // That is all that can be wrong with a question about a signal.
    let is_missing = || current(number).err().map(|_| "there is no such signal");
    signal::why_not_handled(number).or_else(is_missing)
}

pub(super) fn current(signal: i32) -> io::Result<libc::sigaction> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action only asks; the pointer is valid for writing the present one.
    if unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call has succeeded, so it is written.
    Ok(unsafe { action.assume_init() })
}

pub(super) fn replace(signal: i32, action: &libc::sigaction) -> io::Result<()> {
    // SAFETY: the action is one that the system gave us for this very signal, perhaps with another mask and SA_ONSTACK, or
    // SIG_DFL or SIG_IGN with everything else zero; all of these are valid.
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

/// Every signal but the faults, and but those that the C library has taken for itself: a full set does not have these.
///
/// No mask of ours has the faults: what happens when one is blocked is undefined, and Linux ends the process then, past
/// its handler (`sigprocmask(2)`).
pub(super) fn all_but_faults() -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the pointer is valid for writing; sigfillset initializes the set whole, and sigdelset takes the
    // numbers of signals that exist.
    unsafe {
        libc::sigfillset(set.as_mut_ptr());
        for signal in signum::FAULTS {
            libc::sigdelset(set.as_mut_ptr(), signal);
        }
        set.assume_init()
    }
}

fn change_mask(how: libc::c_int, set: &libc::sigset_t) {
    // SAFETY: the set is valid, the old one is not asked for. The only error is an unknown
    // `how`. Async-signal-safe.
    unsafe { libc::pthread_sigmask(how, ptr::from_ref(set), ptr::null_mut()) };
}

/// Has this thread, and whoever is forked or started by it, take no signal but the faults.
#[cfg(feature = "process")]
pub(crate) fn block_all_but_faults() {
    change_mask(libc::SIG_SETMASK, &all_but_faults());
}

/// Discards the signals that are pending for this process and this thread. Async-signal-safe.
///
/// POSIX has a pending signal discarded when it is set to be ignored, also where it is blocked. Each signal has the
/// disposition that it had afterwards.
#[cfg(feature = "process")]
pub(super) fn forget_pending() {
    // On Linux; there are fewer elsewhere, and `sigismember` says so.
    const LAST: i32 = 64;
    let mut pending = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the pointer is valid for writing. Without success the set stays all zeroes, which is one too: an empty one.
    let pending = unsafe {
        libc::sigpending(pending.as_mut_ptr());
        pending.assume_init()
    };
    for signal in 1..=LAST {
        // SAFETY: the set is valid for reading; what is no signal is an error, which is not 1.
        if unsafe { libc::sigismember(&raw const pending, signal) } != 1 {
            continue;
        }
        // An error says that it is the C library's own, or cannot be set.
        let Ok(before) = current(signal) else {
            continue;
        };
        let mut ignored = default_action();
        ignored.sa_sigaction = libc::SIG_IGN;
        let _ = replace(signal, &ignored);
        let _ = replace(signal, &before);
    }
}

/// Lets this thread take every signal. Async-signal-safe.
#[cfg(feature = "process")]
pub(super) fn unblock_all() {
    change_mask(libc::SIG_SETMASK, &set_of(&[]));
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
