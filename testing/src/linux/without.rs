//! What the kernel refuses to a program, as an old kernel, a sandbox or a container does.

use std::env;
use std::str::FromStr;

use nix::errno::Errno;

use super::seccomp;
use crate::Command;

/// The variable that says what is refused to each program that is started.
const VARIABLE: &str = "APLOMB_WITHOUT";

/// What a program can be started without. The name is that of the system call, or of the operation.
///
/// [`FromStr`] reads such a name in lower case, with the error that the call gives, where that is not the usual one:
/// `pidfd_open`, `membarrier=EPERM`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Without {
    /// `membarrier(2)`.
    Membarrier(Errno),
    /// `pidfd_open(2)`, which Linux has since 5.3.
    PidfdOpen(Errno),
    /// `pidfd_send_signal(2)`.
    PidfdSendSignal(Errno),
    /// `P_PIDFD` of `waitid(2)`, which Linux has since 5.4.
    WaitidPidfd(Errno),
    /// `PR_SET_PDEATHSIG` of `prctl(2)`.
    ParentDeathSignal(Errno),
    /// `PR_SET_CHILD_SUBREAPER` of `prctl(2)`.
    Subreaper(Errno),
    /// `/proc`: an empty folder is there. (This is no system call, and no filter: a mount namespace.)
    Proc,
}

impl Without {
    /// Whether a program can be started without that.
    pub(super) fn is_possible(self) -> bool {
        let start = || Command::new("true").without(self).command().status();
        seccomp::is_there() && start().is_ok_and(|status| status.success())
    }
}

impl FromStr for Without {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, error) = text.split_once('=').unwrap_or((text, ""));
        let or = |usual| match error {
            "" => Ok(usual),
            "ENOSYS" => Ok(Errno::ENOSYS),
            "EPERM" => Ok(Errno::EPERM),
            "EINVAL" => Ok(Errno::EINVAL),
            _ => Err(format!("`{error}` is none of ENOSYS, EPERM, EINVAL")),
        };
        Ok(match name {
            "membarrier" => Self::Membarrier(or(Errno::ENOSYS)?),
            "pidfd_open" => Self::PidfdOpen(or(Errno::ENOSYS)?),
            "pidfd_send_signal" => Self::PidfdSendSignal(or(Errno::ENOSYS)?),
            "waitid_pidfd" => Self::WaitidPidfd(or(Errno::EINVAL)?),
            "parent_death_signal" => Self::ParentDeathSignal(or(Errno::EINVAL)?),
            "subreaper" => Self::Subreaper(or(Errno::EINVAL)?),
            "proc" => Self::Proc,
            _ => return Err(format!("no program can be started without `{name}`")),
        })
    }
}

/// What each program is started without, as the environment of the tests says.
pub(crate) fn everywhere() -> Vec<Without> {
    let Ok(names) = env::var(VARIABLE) else {
        return Vec::new();
    };
    let names = names.split(',').filter(|name| !name.is_empty());
    names
        .map(|name| {
            name.parse()
                .unwrap_or_else(|error| panic!("{VARIABLE}: {error}"))
        })
        .collect()
}

impl Command {
    /// Starts without that: the program, what has wrapped it, and all that they start. By then nobody of them gains
    /// privileges by an exec (`no_new_privs` of `prctl(2)`).
    ///
    /// What `APLOMB_WITHOUT` lists in the environment of the tests, by the names of [`Without`] with commas between
    /// them, each program is started without. So whole suites can be run as on an older kernel.
    ///
    /// Of several that are about one call the last counts.
    pub fn without(mut self, what: Without) -> Self {
        if what == Without::Proc {
            let empty = "mount -t tmpfs none /proc && exec \"$@\"";
            return self.wrapper(["unshare", "--mount", "sh", "-c", empty, "sh"]);
        }
        self.surroundings.without.push(what);
        self
    }
}
