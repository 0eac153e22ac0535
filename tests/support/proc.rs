//! The kernel's view of a process, from `/proc`.

use std::fs;
use std::path::PathBuf;

use nix::sys::signal::Signal;
use nix::unistd::Pid;

/// A set of signals as `/proc` writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mask(u64);

impl Mask {
    /// # Panics
    /// When no line begins with `field`.
    pub fn in_lines<S: AsRef<str>>(lines: &[S], field: &str) -> Self {
        let digits = lines
            .iter()
            .find_map(|line| line.as_ref().strip_prefix(field)?.strip_prefix(':'))
            .unwrap_or_else(|| panic!("no {field} in the status"));
        Self(u64::from_str_radix(digits.trim(), 16).expect("a mask is hexadecimal"))
    }

    pub fn contains(self, signal: Signal) -> bool {
        self.0 & (1 << (signal as i32 - 1)) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

#[derive(Clone, Debug)]
pub struct Process(PathBuf);

/// One thread of a process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Task {
    pub tid: i32,
    pub name: String,
    pub state: char,
    pub voluntary_switches: u64,
    pub involuntary_switches: u64,
}

impl Process {
    pub fn of(pid: Pid) -> Self {
        Self(PathBuf::from(format!("/proc/{pid}")))
    }

    pub fn mask(&self, field: &str) -> Mask {
        let status = fs::read_to_string(self.0.join("status")).expect("the process is there");
        let lines: Vec<_> = status.lines().collect();
        Mask::in_lines(&lines, field)
    }

    /// The child of the first thread, where it has exactly one.
    pub fn only_child(&self) -> Option<Pid> {
        let pid = self.0.file_name()?.to_str()?;
        let children = fs::read_to_string(self.0.join(format!("task/{pid}/children"))).ok()?;
        let mut children = children.split_whitespace();
        let only = children.next()?.parse().ok()?;
        children.next().is_none().then(|| Pid::from_raw(only))
    }

    pub fn tasks(&self) -> Vec<Task> {
        let listing = fs::read_dir(self.0.join("task")).expect("the process is there");
        let mut tasks: Vec<_> = listing
            .flatten()
            // A thread may end between the listing and the reading.
            .filter_map(|entry| fs::read_to_string(entry.path().join("status")).ok())
            .map(|status| Task::read(&status))
            .collect();
        tasks.sort_by_key(|task| task.tid);
        tasks
    }

    /// Whether the thread waits in a write to this descriptor.
    pub fn sleeps_in_write_to(&self, tid: i32, descriptor: u64) -> bool {
        let Ok(line) = fs::read_to_string(self.0.join(format!("task/{tid}/syscall"))) else {
            return false;
        };
        let call = format!("{} {descriptor:#x} ", nix::libc::SYS_write);
        line.starts_with(&call)
    }

    /// Whether this descriptor is of that file.
    #[allow(dead_code, reason = "the rows look at them")]
    pub fn has_open(&self, descriptor: u32, file: &str) -> bool {
        let link = fs::read_link(self.0.join(format!("fd/{descriptor}")));
        link.is_ok_and(|link| link.as_os_str() == file)
    }

    /// How many descriptors are open.
    #[allow(dead_code, reason = "the rows count them")]
    pub fn descriptors(&self) -> usize {
        let listing = fs::read_dir(self.0.join("fd"));
        listing.expect("the process is there").count()
    }

    /// Clock ticks of processor time, of all threads.
    pub fn processor_ticks(&self) -> u64 {
        let stat = fs::read_to_string(self.0.join("stat")).expect("the process is there");
        let after_name = stat.rsplit_once(')').expect("a name in brackets").1;
        let fields: Vec<_> = after_name.split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<u64>().expect("a number");
        ticks(11) + ticks(12)
    }
}

impl Task {
    fn read(status: &str) -> Self {
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .unwrap_or_else(|| panic!("no {name} in the status"))
                .trim()
        };
        let number = |name: &str| field(name).parse().expect("a number");
        Self {
            tid: field("Pid").parse().expect("a number"),
            name: field("Name").to_owned(),
            state: field("State").chars().next().expect("a letter"),
            voluntary_switches: number("voluntary_ctxt_switches"),
            involuntary_switches: number("nonvoluntary_ctxt_switches"),
        }
    }
}
