use std::fs;

use nix::unistd::Pid;

/// A process, as it was when it was looked at, from `/proc/PID/stat`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProcessStat {
    /// Its number.
    pub pid: Pid,
    /// The name of its program, of which the kernel keeps 15 bytes.
    pub name: String,
    /// What the initial thread does: `R` for running, `S` for sleeping, `T` for stopped, `Z` for a process that has
    /// ended and is not reaped, and others that proc(5) names.
    pub state: char,
    /// Its parent.
    pub parent: Pid,
    /// Its process group.
    pub group: Pid,
    /// Its session.
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

/// A session, by which all processes can be found that a program has started and may leave behind.
///
/// What a program starts is in the program's session, whatever its group and its parent, unless it begins a session of
/// its own. A program leads a session when it was started by
/// [`Command::in_new_session`](crate::Command::in_new_session) or
/// [`Command::spawn_on_terminal`](crate::Command::spawn_on_terminal).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Session(Pid);

impl Session {
    /// The session with this leader, who may have ended.
    #[must_use]
    pub fn of(leader: Pid) -> Self {
        Self(leader)
    }

    /// All processes of the session, the leader and zombies among them.
    ///
    /// # Panics
    ///
    /// When there is no `/proc`.
    #[must_use]
    pub fn processes(self) -> Vec<ProcessStat> {
        let mut processes = ProcessStat::all();
        processes.retain(|process| process.session == self.0);
        processes
    }

    /// The processes that live beside the leader. Zombies are not among them: once their parent has ended, they are for
    /// the system to reap.
    ///
    /// # Panics
    ///
    /// When there is no `/proc`.
    #[must_use]
    pub fn others(self) -> Vec<ProcessStat> {
        let mut others = self.processes();
        others.retain(|process| process.pid != self.0 && !process.is_zombie());
        others
    }

    /// Checks that no process lives beside the leader: when that has ended, it has left nothing behind.
    ///
    /// # Panics
    ///
    /// When there is one.
    #[track_caller]
    pub fn assert_no_others(self) {
        let others = self.others();
        assert!(
            others.is_empty(),
            "processes were left behind in session {}: {others:#?}",
            self.0
        );
    }
}
