//! What the kernel tells of every process in one line: its state, its parent, its group and session.

use std::fs;

use nix::unistd::Pid;

/// A process, as it was when it was looked at, from `/proc/PID/stat`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProcessStat {
    /// The number of the process.
    pub pid: Pid,
    /// The name of its program, of which the kernel keeps 15 bytes.
    pub name: String,
    /// What the initial thread does: `R` for running, `S` for sleeping, `T` for stopped, `Z` for a process that has
    /// ended and is not reaped, and others that proc(5) names.
    pub state: char,
    /// The process that has started it, or that has inherited it when that one ended.
    pub parent: Pid,
    /// The process group, by the number of its leader.
    pub group: Pid,
    /// The session, by the number of its leader.
    pub session: Pid,
}

impl ProcessStat {
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
    pub(crate) fn all() -> Vec<Self> {
        let entries = fs::read_dir("/proc").expect("there is a /proc");
        entries
            .flatten()
            .filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit())
            .filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok())
            .filter_map(|stat| Self::parse(&stat))
            .collect()
    }

    /// Whether the process has ended and its parent has not reaped it.
    #[must_use]
    pub fn is_zombie(&self) -> bool {
        self.state == 'Z'
    }
}
