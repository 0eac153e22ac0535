//! What the kernel knows of one thread: whether it sleeps, and how often it was woken.

/// A thread of a process, as it was when [`Process::threads`](crate::Process::threads) looked.
///
/// Two looks that are equal are of a thread that has not run between them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thread {
    /// The thread's number; the initial thread has its process's.
    pub tid: i32,
    /// The thread's name, of which the kernel keeps 15 bytes.
    pub name: String,
    /// What the thread does: `R` for running, `S` for sleeping, `T` for stopped, `Z` for ended, and others that
    /// proc(5) names.
    pub state: char,
    /// How often the thread has gone to sleep.
    pub voluntary_switches: u64,
    /// How often the thread was made to let another one run.
    pub involuntary_switches: u64,
}

impl Thread {
    /// Reads `/proc/PID/task/TID/status`.
    pub(crate) fn parse(status: &str) -> Self {
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
