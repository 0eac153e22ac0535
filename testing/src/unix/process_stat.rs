//! What the system tells of every process in one line: its state, its parent, its group and session.

#[cfg(target_os = "linux")]
use std::fs;
#[cfg(any(not(target_os = "linux"), test))]
use std::process::Command;

use nix::unistd::Pid;
#[cfg(any(not(target_os = "linux"), test))]
use nix::unistd::getsid;

/// What `ps` is asked for. A program's name may have spaces, so it comes last.
#[cfg(any(not(target_os = "linux"), test))]
const COLUMNS: [&str; 5] = ["pid", "ppid", "pgid", "stat", "comm"];

/// A process, as it was when it was looked at: on Linux from `/proc/PID/stat`, elsewhere from `ps -A` and `getsid(2)`.
///
/// A test panics where there is neither.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProcessStat {
    /// The number of the process.
    pub pid: Pid,
    /// The name of its program, of which Linux keeps 15 bytes.
    pub name: String,
    /// What the initial thread does: `R` for running, `S` for sleeping, `T` for stopped, `Z` for a process that has
    /// ended and is not reaped, and others that proc(5) or ps(1) names.
    pub state: char,
    /// The process that has started it, or that has inherited it when that one ended.
    pub parent: Pid,
    /// The process group, by the number of its leader.
    pub group: Pid,
    /// The session, by the number of its leader. A zombie may be in session 0, where the system no longer tells its
    /// own.
    pub session: Pid,
}

impl ProcessStat {
    /// Reads `/proc/PID/stat`.
    #[cfg(target_os = "linux")]
    fn parse(stat: &str) -> Option<Self> {
        // The name is in parentheses, and may have any in it.
        let (pid, rest) = stat.split_once(" (")?;
        let (name, rest) = rest.rsplit_once(") ")?;
        let mut fields = rest.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let mut pid_field = || fields.next()?.parse().ok().map(Pid::from_raw);
        Some(Self {
            pid: pid.parse().ok().map(Pid::from_raw)?,
            name: name.to_owned(),
            state,
            parent: pid_field()?,
            group: pid_field()?,
            session: pid_field()?,
        })
    }

    /// All processes that there are, zombies too.
    #[cfg(target_os = "linux")]
    pub(crate) fn all() -> Vec<Self> {
        let entries = fs::read_dir("/proc").expect("there is a /proc");
        entries
            .flatten()
            .filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit())
            .filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok())
            .filter_map(|stat| Self::parse(&stat))
            .collect()
    }

    /// All processes that there are, zombies too.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn all() -> Vec<Self> {
        Self::listed()
    }

    /// Reads a line of `ps`: what [`COLUMNS`] name.
    #[cfg(any(not(target_os = "linux"), test))]
    fn parse_listed(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let mut number = || words.next()?.parse().ok().map(Pid::from_raw);
        let (pid, parent, group) = (number()?, number()?, number()?);
        let state = words.next()?.chars().next()?;
        let program = words.collect::<Vec<_>>().join(" ");
        let name = program.rsplit('/').next().unwrap_or_default().to_owned();
        Some(Self {
            pid,
            name,
            state,
            parent,
            group,
            session: getsid(Some(pid)).unwrap_or(Pid::from_raw(0)),
        })
    }

    /// All processes as `ps` lists them, which all Unix systems have; the column of a session is not the same
    /// everywhere.
    #[cfg(any(not(target_os = "linux"), test))]
    fn listed() -> Vec<Self> {
        let mut ps = Command::new("ps");
        ps.arg("-A");
        for column in COLUMNS {
            // Without a heading.
            ps.args(["-o", &format!("{column}=")]);
        }
        let listed = ps.output().expect("there is a ps");
        let lines = String::from_utf8_lossy(&listed.stdout);
        lines.lines().filter_map(Self::parse_listed).collect()
    }

    /// Whether the process has ended and its parent has not reaped it.
    #[must_use]
    pub fn is_zombie(&self) -> bool {
        self.state == 'Z'
    }
}

/// What is used where there is no `/proc` is tried on Linux, where both are there.
#[cfg(all(test, target_os = "linux"))]
mod tests {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::getpid;

    use super::ProcessStat;
    use crate::{Command, wait_until};

    fn find(processes: Vec<ProcessStat>, pid: super::Pid) -> ProcessStat {
        let mut processes = processes.into_iter();
        let process = processes.find(|process| process.pid == pid);
        process.expect("it is there")
    }

    #[test]
    fn both_ways_tell_the_same() {
        let cat = Command::new("cat").in_new_session().spawn();
        let pid = cat.pid();
        wait_until("it reads", || {
            let cat = find(ProcessStat::all(), pid);
            cat.name == "cat" && cat.state == 'S'
        });
        let listed = find(ProcessStat::listed(), pid);
        assert_eq!(listed, find(ProcessStat::all(), pid));
        assert_eq!((listed.parent, listed.session), (getpid(), pid));
        kill(pid, Signal::SIGKILL).expect("it is there");
        wait_until("it has ended", || cat.has_exited());
        let listed = find(ProcessStat::listed(), pid);
        assert!(listed.is_zombie(), "{listed:?}");
        assert_eq!(listed.parent, getpid());
    }
}
