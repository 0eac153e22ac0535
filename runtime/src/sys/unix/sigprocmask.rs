//! Which signals a thread takes: `sigprocmask(2)`, by its form for threads, `pthread_sigmask(3)`. All systems have it.

use std::mem::MaybeUninit;
use std::ptr;

use super::signum;

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

/// Returns every signal but the [faults](signum::FAULTS), and but those that the C library has taken for itself: a full
/// set does not have these.
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

/// Changes the mask of this thread. Async-signal-safe.
fn change(how: libc::c_int, set: &libc::sigset_t) {
    // SAFETY: the set is valid, and a null pointer does not ask for the old one. The only error is an unknown `how`.
    unsafe { libc::pthread_sigmask(how, ptr::from_ref(set), ptr::null_mut()) };
}

/// Has this thread, and whoever is forked or started by it, take no signal but the faults.
#[cfg(feature = "process")]
pub(crate) fn block_all_but_faults() {
    change(libc::SIG_SETMASK, &all_but_faults());
}

/// Lets this thread take every signal. Async-signal-safe.
#[cfg(feature = "process")]
pub(super) fn unblock_all() {
    change(libc::SIG_SETMASK, &set_of(&[]));
}

/// Lets this thread take that signal. Async-signal-safe.
pub(super) fn unblock(signal: i32) {
    change(libc::SIG_UNBLOCK, &set_of(&[signal]));
}

/// Has this thread, and whoever is forked or started by it, not take that signal.
pub(super) fn block(signal: i32) {
    change(libc::SIG_BLOCK, &set_of(&[signal]));
}

/// Calls the function while this thread does not take that signal. Afterwards the thread has the mask that it had
/// before. Async-signal-safe where the function is.
pub(super) fn with_blocked(signal: i32, function: impl FnOnce()) {
    let _before = Mask::present();
    block(signal);
    function();
}

/// The mask that this thread had at one moment. The thread has it again when this value is dropped.
pub(crate) struct Mask(libc::sigset_t);

impl Mask {
    /// Returns the mask that this thread has now. Async-signal-safe, as its drop is.
    pub(crate) fn present() -> Self {
        let mut present = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: a null set only asks, and the pointer is valid for writing one. The call cannot fail, since `how` is
        // known.
        Mask(unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), present.as_mut_ptr());
            present.assume_init()
        })
    }
}

impl Drop for Mask {
    fn drop(&mut self) {
        change(libc::SIG_SETMASK, &self.0);
    }
}

/// Signals that this thread does not take while this lives. Afterwards the thread takes all of them, also those that
/// the process was started with blocked.
#[derive(Debug)]
pub(crate) struct Blocked {
    signals: Vec<i32>,
}

impl Blocked {
    pub(crate) fn new(signals: Vec<i32>) -> Self {
        change(libc::SIG_BLOCK, &set_of(&signals));
        Blocked { signals }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        change(libc::SIG_UNBLOCK, &set_of(&self.signals));
    }
}
