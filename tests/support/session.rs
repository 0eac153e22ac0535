//! The processes of a session: what a program has started, and may have left behind, seen from outside.

use std::fs;

use nix::unistd::Pid;

/// A process, as `/proc/pid/stat` has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    pub pid: i32,
    pub name: String,
    /// `R`, `S`, `Z` …
    pub state: char,
    pub parent: i32,
    pub group: i32,
    session: i32,
}

impl Member {
    fn read(stat: &str) -> Option<Self> {
        // The name is in parentheses, and may have any in it.
        let (pid, rest) = stat.split_once(" (")?;
        let (name, rest) = rest.rsplit_once(") ")?;
        let mut fields = rest.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let mut number = || fields.next()?.parse().ok();
        Some(Self {
            pid: pid.parse().ok()?,
            name: name.to_owned(),
            state,
            parent: number()?,
            group: number()?,
            session: number()?,
        })
    }

    pub fn is_zombie(&self) -> bool {
        self.state == 'Z'
    }
}

/// All processes that there are, zombies too.
fn all() -> Vec<Member> {
    let entries = fs::read_dir("/proc").expect("there is a /proc");
    entries
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit())
        .filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok())
        .filter_map(|stat| Member::read(&stat))
        .collect()
}

/// All processes of a session, the leader and zombies among them. What a program starts is in its session, whatever
/// its group and its parent, unless it begins one of its own.
pub fn members_of_session(leader: Pid) -> Vec<Member> {
    let mut members = all();
    members.retain(|member| member.session == leader.as_raw());
    members
}

/// Who lives in the session beside its leader. Not the zombies: once their parent has ended, they are for the system to
/// reap.
pub fn left_in_session(leader: Pid) -> Vec<Member> {
    let mut left = members_of_session(leader);
    left.retain(|member| member.pid != leader.as_raw() && !member.is_zombie());
    left
}

/// The children of a process that have ended and that it has not reaped.
pub fn zombies_of(parent: Pid) -> Vec<Member> {
    let mut zombies = all();
    zombies.retain(|member| member.parent == parent.as_raw() && member.is_zombie());
    zombies
}

/// Checks that nothing of a session is left, when its leader has ended.
///
/// # Panics
/// When something is.
#[track_caller]
pub fn nothing_is_left_of(leader: Pid) {
    let left = left_in_session(leader);
    assert!(left.is_empty(), "left behind: {left:#?}");
}
