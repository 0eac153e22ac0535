//! Who has sent a signal: what `sigaction(2)` says of `siginfo_t`.
//!
//! Each system has its own codes for a signal that a process has sent. The `libc` crate has them for few, so they are
//! here, from each system's `signal.h`. On NetBSD, OpenBSD, illumos and Solaris only the code of `kill(2)` is used,
//! which is zero there: who has sent a signal by another call is unknown.

use crate::sys::Sender;

/// `SI_USER`, `SI_QUEUE` and `SI_TKILL`.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SENT_BY_A_PROCESS: &[libc::c_int] = &[0, -1, -6];
/// `SI_USER`, `SI_QUEUE` and `SI_LWP`, for which `thr_kill(2)` names the sender as well.
#[cfg(target_os = "freebsd")]
const SENT_BY_A_PROCESS: &[libc::c_int] = &[0x1_0001, 0x1_0002, 0x1_0007];
/// `SI_USER` and `SI_QUEUE`.
#[cfg(any(target_vendor = "apple", target_os = "dragonfly"))]
const SENT_BY_A_PROCESS: &[libc::c_int] = &[0x1_0001, 0x1_0002];
/// `SI_USER`.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "dragonfly"
)))]
const SENT_BY_A_PROCESS: &[libc::c_int] = &[0];

/// Returns the sender, where it is known: a process has sent the signal, by kill, tgkill or sigqueue. A terminal's
/// Ctrl-C has a code of the kernel's, and a timer's signal has other things in the two fields. Async-signal-safe:
/// nothing but memory is read.
pub(super) fn sender_of(info: &libc::siginfo_t) -> Option<Sender> {
    let is_known = SENT_BY_A_PROCESS.contains(&info.si_code);
    is_known.then(|| {
        // SAFETY: for these codes the kernel has filled in both fields.
        let (pid, uid) = unsafe { (info.si_pid(), info.si_uid()) };
        Sender::new(pid.unsigned_abs(), uid)
    })
}
