//! The dispositions of signals, and the mask, that a program begins with.
//!
//! `nohup` and the background of a script start tests with signals ignored, and a careless parent with signals blocked.
//! Programs would inherit both. They are set between fork and exec, so no signal meets a program that is not there yet.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{SigSet, Signal};

/// Has a program begin with the default action of each signal, and with no signal blocked, whatever the test has
/// inherited itself.
///
/// [`Command`](crate::Command) does this by itself. This function is for a test that starts a program in another way.
pub fn default_signals(command: &mut Command) {
    set_signals(command, SigSet::empty(), SigSet::empty());
}

/// Has a program begin with these signals ignored, all others at their default action, and those signals blocked.
pub(crate) fn set_signals(command: &mut Command, ignored: SigSet, blocked: SigSet) {
    #[cfg(target_os = "linux")]
    let last = libc::SIGRTMAX();
    // What tests send elsewhere is one of these, which all systems have.
    #[cfg(not(target_os = "linux"))]
    let last = 31;
    let step = move || {
        for signal in 1..=last {
            // Real-time signals are not in the set, and have no name.
            let is_ignored = Signal::try_from(signal).is_ok_and(|signal| ignored.contains(signal));
            set_disposition(signal, is_ignored)?;
        }
        // The mask comes last: what is sent to a group meanwhile stays pending where the test blocks it.
        blocked.thread_set_mask()?;
        Ok(())
    };
    #[allow(unsafe_code, reason = "there is no safe way to do something there")]
    // SAFETY: between fork and exec only async-signal-safe functions may be called. `signal` and `pthread_sigmask` are
    // such functions (signal-safety(7)), the rest is arithmetic, and an error is made of a number.
    unsafe {
        command.pre_exec(step);
    }
}

fn set_disposition(signal: i32, is_ignored: bool) -> io::Result<()> {
    let action = if is_ignored {
        libc::SIG_IGN
    } else {
        libc::SIG_DFL
    };
    #[allow(unsafe_code, reason = "real-time signals have no safe function")]
    // SAFETY: neither of the two actions is a function.
    let before = unsafe { libc::signal(signal, action) };
    // SIGKILL and SIGSTOP have no other action, and two signals are the C library's own.
    if before == libc::SIG_ERR && Errno::last() != Errno::EINVAL {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
