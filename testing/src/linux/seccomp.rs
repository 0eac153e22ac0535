//! The filters of `seccomp(2)`, by which the kernel refuses something to a program.

use std::collections::BTreeMap;
use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};

use super::Without;

/// Whether there are such filters for this machine's system calls.
pub(super) fn is_there() -> bool {
    TargetArch::try_from(env::consts::ARCH).is_ok()
}

impl Without {
    /// The call, the first argument to which this is about, and the error.
    fn refused(self) -> Option<(libc::c_long, Option<u64>, Errno)> {
        let argument = |value: libc::c_int| u64::try_from(value).ok();
        Some(match self {
            Self::Membarrier(error) => (libc::SYS_membarrier, None, error),
            Self::PidfdOpen(error) => (libc::SYS_pidfd_open, None, error),
            Self::PidfdSendSignal(error) => (libc::SYS_pidfd_send_signal, None, error),
            Self::WaitidPidfd(error) => (libc::SYS_waitid, Some(u64::from(libc::P_PIDFD)), error),
            Self::ParentDeathSignal(error) => {
                (libc::SYS_prctl, argument(libc::PR_SET_PDEATHSIG), error)
            }
            Self::Subreaper(error) => (
                libc::SYS_prctl,
                argument(libc::PR_SET_CHILD_SUBREAPER),
                error,
            ),
            Self::Proc => return None,
        })
    }

    /// The filter for the kernel, where there is one.
    fn filter(self) -> Option<BpfProgram> {
        let (call, argument, error) = self.refused()?;
        let rules = argument.map(|value| {
            let condition =
                SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value);
            let condition = condition.expect("it is about the first argument");
            SeccompRule::new(vec![condition]).expect("there is a condition")
        });
        #[allow(
            clippy::useless_conversion,
            reason = "a number of 32 bits, where the processor has no more"
        )]
        let call = i64::from(call);
        let filter = SeccompFilter::new(
            BTreeMap::from([(call, rules.into_iter().collect())]),
            SeccompAction::Allow,
            SeccompAction::Errno(error as u32),
            env::consts::ARCH.try_into().expect("it is known here"),
        );
        let filter = filter.expect("the two actions differ");
        Some(filter.try_into().expect("one rule is short"))
    }
}

/// Has the program begin without these.
pub(crate) fn refuse(command: &mut Command, without: &[Without]) {
    let filters: Vec<_> = without.iter().filter_map(|what| what.filter()).collect();
    if filters.is_empty() {
        return;
    }
    let step = move || {
        for filter in &filters {
            apply_filter(filter).map_err(|_| io::Error::last_os_error())?;
        }
        Ok(())
    };
    #[allow(unsafe_code, reason = "there is no safe way to do something there")]
    // SAFETY: between fork and exec only async-signal-safe functions may be called. This calls prctl and seccomp, which
    // are bare system calls, and an error is made of a number.
    unsafe {
        command.pre_exec(step);
    }
}
