//! The one place where handlers are registered.

use std::io;
use std::sync::{Arc, Mutex};

use super::sigaction::{all_but_faults, current, refusal, replace, take_default};
use super::{process, sigaltstack};
use crate::signal::Sender;
use crate::signal::{Inbox, Role};

/// `SI_USER`, `SI_QUEUE` and `SI_TKILL`, from each system's `signal.h`; the `libc` crate has them for few.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SENT_BY_A_PROCESS: &[libc::c_int] = &[0, -1, -6];
#[cfg(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "dragonfly"
))]
const SENT_BY_A_PROCESS: &[libc::c_int] = &[0x1_0001, 0x1_0002];
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "dragonfly"
)))]
const SENT_BY_A_PROCESS: &[libc::c_int] = &[0];

/// Who sent it: known when a process did, by kill, tgkill or sigqueue (sigaction(2)). A terminal's
/// Ctrl-C has the kernel's code, and a timer's signal has other things in the fields.
fn sender(info: &libc::siginfo_t) -> Option<Sender> {
    let sent = SENT_BY_A_PROCESS.contains(&info.si_code);
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

/// The registry's action, with a mask that has all signals but the faults, and on the thread's alternate stack, where it has one
/// and that of the initial thread stays.
///
/// The registry's own mask is empty. Then the frames of several signals would pile up, and the alternate stacks that the
/// standard library makes may have 8 KiB, which is enough for two. These stacks are used since those of goroutines have no room for
/// a handler: the runtime of Go asks all code in its process for `SA_ONSTACK`.
fn uninterrupted(mut action: libc::sigaction) -> libc::sigaction {
    action.sa_mask = all_but_faults();
    if sigaltstack::stays() {
        action.sa_flags |= libc::SA_ONSTACK;
    }
    action
}

impl Registration {
    /// Has the signal delivered to the inbox whenever it arrives, on whichever thread the kernel
    /// chose, after whatever handler there was before and beside those of others that use the
    /// same registry (`tokio::signal` is one). All of these run with every signal blocked but the faults, and on the
    /// thread's alternate stack, where it has one.
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
    /// When the signal does not exist, or cannot be handled, which is said in words; or those of
    /// `sigaction(2)`.
    pub(crate) fn new(signal: i32, role: Role, inbox: Arc<Inbox>) -> io::Result<Self> {
        if let Some(why) = refusal(signal) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
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
        // `take_default` calls, and `Inbox::deliver`: atomics, clock_gettime, fstat, open, close, write, and
        // at the last `die_by` or `exit_now`; all of them are async-signal-safe (signal-safety(7)). The registry has
        // saved errno. Dropping the handler, and with it perhaps the inbox, happens in
        // `unregister`, on a thread and in no handler.
        let id = unsafe { signal_hook_registry::register_sigaction(signal, handler)? };
        let registration = Registration { signal, id, before };
        registration.install()?;
        Ok(registration)
    }

    /// Makes sure that the registry's handler is the one in place, and that nothing interrupts it.
    fn install(&self) -> io::Result<()> {
        let mut known = REGISTRY_ACTIONS
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let installed = known.iter().find(|(signal, _)| *signal == self.signal);
        if let Some((_, action)) = installed {
            return replace(self.signal, &uninterrupted(*action));
        }
        let action = current(self.signal)?;
        replace(self.signal, &uninterrupted(action))?;
        known.push((self.signal, action));
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
