//! Signals to a program that runs.

use std::mem::MaybeUninit;
use std::process::{self, Command};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpgid, getpgrp};

use crate::{Child, Process};

/// Who gets the signals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target(pub(crate) Pid);

impl Target {
    pub(crate) fn of(process: &process::Child) -> Self {
        Self(Pid::from_raw(
            i32::try_from(process.id()).expect("a pid fits"),
        ))
    }

    /// What waits for the end of the process, and leaves it unreaped.
    pub(crate) fn wait_for_end(process: &process::Child) -> impl FnOnce() + Send + 'static {
        let target = Self::of(process);
        move || while wait(target.0, libc::WEXITED) == Err(Errno::EINTR) {}
    }

    pub(crate) fn kill(self) {
        let _ = kill(self.0, Signal::SIGKILL);
    }
}

/// Waits until a child has changed so, and leaves it to be waited for again. Returns how it has changed: `CLD_EXITED`
/// and so on.
fn wait(pid: Pid, changes: i32) -> nix::Result<i32> {
    #[allow(
        clippy::unnecessary_fallible_conversions,
        reason = "the type differs between systems"
    )]
    let id = libc::id_t::try_from(pid.as_raw()).expect("a pid fits");
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    #[allow(unsafe_code, reason = "nix has this function on few systems")]
    // SAFETY: the information is written to one place, and all zeroes are information as well.
    let (waited, info) = unsafe {
        let flags = changes | libc::WNOWAIT;
        let waited = libc::waitid(libc::P_PID, id, info.as_mut_ptr(), flags);
        (waited, info.assume_init())
    };
    Errno::result(waited)?;
    Ok(info.si_code)
}

/// What there is on Unix alone.
impl Child {
    /// The number of the process that signals go to: the program's, or what [`Child::set_target`] has said.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.target.0
    }

    /// The system's view of the process that signals go to.
    #[must_use]
    pub fn process(&self) -> Process {
        Process::of(self.pid())
    }

    /// Sends signals to this process from now on, which the program has started for the test, as a shell does.
    ///
    /// The process should not end before the program has waited for it: the number may be another process's then.
    pub fn set_target(&mut self, pid: Pid) {
        self.target = Target(pid);
    }

    /// Ends the program that reads standard output [in a pipeline](crate::Command::in_pipeline), and returns when that
    /// has ended.
    ///
    /// # Panics
    ///
    /// When the program is in no pipeline.
    #[track_caller]
    pub fn kill_reader(&mut self) {
        let reader = self.reader.as_mut().expect("it is in a pipeline");
        reader.kill().expect("a child may be killed");
        reader.wait().expect("a child can be awaited");
    }

    /// Sends a signal to the process. A process that has ended in the meantime takes it without complaint.
    ///
    /// # Panics
    ///
    /// When the signal cannot be sent.
    #[track_caller]
    pub fn send_signal(&self, signal: Signal) {
        if let Err(error) = kill(self.target.0, signal) {
            self.fail(format_args!("{signal} could not be sent: {error}"));
        }
    }

    /// Sends a signal that has no name, as real-time signals have none.
    ///
    /// # Panics
    ///
    /// When the signal cannot be sent.
    #[track_caller]
    pub fn send_signal_number(&self, number: i32) {
        // There is no safe function for it, and each shell has `kill`.
        let kill = format!("kill -{number} {}", self.target.0);
        let status = Command::new("sh").args(["-c", &kill]).status();
        if !status.is_ok_and(|status| status.success()) {
            self.fail(format_args!("signal {number} could not be sent"));
        }
    }

    /// Sends a signal to the process's group, as Ctrl-C on a terminal does.
    ///
    /// # Panics
    ///
    /// When that is the test's own group, or the signal cannot be sent.
    #[track_caller]
    pub fn send_signal_to_group(&self, signal: Signal) {
        let group = match getpgid(Some(self.target.0)) {
            Ok(group) => group,
            Err(error) => self.fail(format_args!("its group is not known: {error}")),
        };
        assert_ne!(group, getpgrp(), "the signal would reach the test itself");
        if let Err(error) = killpg(group, signal) {
            self.fail(format_args!(
                "{signal} could not be sent to the group: {error}"
            ));
        }
    }

    /// Sends SIGSTOP, or another signal that stops the process until SIGCONT, and
    /// [waits until the process has stopped](Child::wait_until_suspended).
    ///
    /// # Panics
    ///
    /// When the process ends instead.
    #[track_caller]
    pub fn suspend(&self, signal: Signal) {
        self.send_signal(signal);
        self.wait_until_suspended();
    }

    /// Waits until the process has stopped, by itself or by a signal, so that SIGCONT would make it go on. This has no
    /// timeout, and the process has to be a child of the test: not what [`Child::set_target`] has said.
    ///
    /// # Panics
    ///
    /// When the process ends instead.
    #[track_caller]
    pub fn wait_until_suspended(&self) {
        match wait(self.target.0, libc::WSTOPPED | libc::WEXITED) {
            Ok(libc::CLD_STOPPED) => {}
            other => self.fail(format_args!("it was expected to stop: {other:?}")),
        }
    }
}
