//! What a service manager says to a service that it starts.

use std::ffi::OsString;
use std::sync::OnceLock;

use crate::sys::{PerProcess, take_variables};

/// The values of the variables, as they were at the first look.
#[derive(Debug, Default)]
pub(super) struct Variables {
    pub(super) notify_socket: Option<OsString>,
    pub(super) watchdog_usec: Option<OsString>,
    pub(super) watchdog_pid: Option<OsString>,
    #[cfg_attr(not(unix), allow(dead_code, reason = "no descriptor is inherited"))]
    pub(super) listen: Listen,
}

/// Those of the descriptors.
#[derive(Debug, Default, Clone)]
#[cfg_attr(not(unix), allow(dead_code, reason = "no descriptor is inherited"))]
pub(super) struct Listen {
    pub(super) pid: Option<OsString>,
    pub(super) fds: Option<OsString>,
    pub(super) names: Option<OsString>,
}

/// What was taken out of the environment, for an app that comes after another one in the process. A forked child has
/// none: all of it is about its parent.
static TAKEN: PerProcess<OnceLock<Variables>> = PerProcess::new(OnceLock::new);

/// Takes the variables out of the environment, if no other thread can look at it meanwhile; once in a process.
pub(super) fn take() -> &'static Variables {
    TAKEN.get_or_init(|| {
        let taken = take_variables([
            "NOTIFY_SOCKET",
            "WATCHDOG_USEC",
            "WATCHDOG_PID",
            "LISTEN_PID",
            "LISTEN_FDS",
            "LISTEN_FDNAMES",
        ]);
        let [notify_socket, watchdog_usec, watchdog_pid, pid, fds, names] = taken;
        Variables {
            notify_socket: notify_socket.filter(|name| !name.is_empty()),
            watchdog_usec,
            watchdog_pid,
            listen: Listen { pid, fds, names },
        }
    })
}

/// Those of the descriptors, which may be asked for where no app has taken them.
#[cfg(unix)]
pub(super) fn listen() -> Listen {
    if let Some(taken) = TAKEN.get() {
        return taken.listen.clone();
    }
    let [pid, fds, names] = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"].map(std::env::var_os);
    Listen { pid, fds, names }
}

/// Whether this variable names the process, which is the one that it was set for. A child inherits its parent's.
pub(super) fn is_this_process(pid: &OsString) -> bool {
    pid.to_str() == Some(&*std::process::id().to_string())
}
