//! What a test may need of the machine, and whether it is there.

use std::fmt;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use nix::errno::Errno;

use super::without::{Without, everywhere};
use crate::time::wait_until;

/// What a test may need and not every machine allows. A container often forbids it, or lacks the tool.
///
/// A test asks, and skips what it cannot do. [`Display`](fmt::Display) says what is needed.
///
/// ```
/// use aplomb_testing::Capability;
///
/// if !Capability::PidNamespace.is_available() {
///     eprintln!("skipped: it needs {}", Capability::PidNamespace);
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Capability {
    /// What only Linux has: `/proc`, where this crate reads what [`Process`](crate::Process) tells of threads,
    /// descriptors and signals, and promises that a program makes there alone.
    Linux,
    /// To make a PID namespace, which [`Command::spawn_as_pid_1`](crate::Command::spawn_as_pid_1) does.
    PidNamespace,
    /// To attach `strace` to a process that is not its child.
    Ptrace,
    /// To start a program without a system call, which [`Command::without`](crate::Command::without) does.
    Seccomp,
    /// To start a program without `/proc`, which [`Command::without`](crate::Command::without) does as well.
    MountNamespace,
}

impl Capability {
    /// Whether this machine has it. It is tried once in a process.
    #[must_use]
    pub fn is_available(self) -> bool {
        static PTRACE: OnceLock<bool> = OnceLock::new();
        static SECCOMP: OnceLock<bool> = OnceLock::new();
        static MOUNT_NAMESPACE: OnceLock<bool> = OnceLock::new();
        match self {
            Self::Linux => cfg!(target_os = "linux"),
            Self::PidNamespace => pid_namespace().is_some(),
            Self::Ptrace => *PTRACE.get_or_init(can_attach),
            Self::Seccomp => {
                *SECCOMP.get_or_init(|| Without::Membarrier(Errno::ENOSYS).is_possible())
            }
            Self::MountNamespace => *MOUNT_NAMESPACE.get_or_init(|| Without::Proc.is_possible()),
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linux => "Linux",
            Self::PidNamespace => "unshare(1) and the right to make a PID namespace",
            Self::Ptrace => {
                "strace(1) and the right to trace (kernel.yama.ptrace_scope=0, or root)"
            }
            Self::Seccomp => "filters of seccomp(2), on an architecture that seccompiler knows",
            Self::MountNamespace => "unshare(1) and the right to make a mount namespace",
        })
    }
}

/// What starts a program as PID 1 of a new PID namespace, for whoever may do that: root, or
/// anybody who may make a user namespace to be root in.
const PID_NAMESPACE: [&[&str]; 2] = [
    &["unshare", "--fork", "--pid", "--kill-child", "--mount-proc"],
    &[
        "unshare",
        "--user",
        "--map-root-user",
        "--fork",
        "--pid",
        "--kill-child",
        "--mount-proc",
    ],
];

/// The words that work on this machine.
pub(crate) fn pid_namespace() -> Option<&'static [&'static str]> {
    static WORDS: OnceLock<Option<Vec<&str>>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        // unshare(1) itself would fail where it is refused the signal of its parent's death.
        let is_refused = |without: &Without| matches!(without, Without::ParentDeathSignal(_));
        let leaves_child = everywhere().iter().any(is_refused);
        let words = PID_NAMESPACE.into_iter().map(|words| {
            let mut words = words.to_vec();
            words.retain(|&word| word != "--kill-child" || !leaves_child);
            words
        });
        let succeed = |words: &Vec<&str>| succeeds(&[&words[..], &["true"]].concat());
        words.into_iter().find(succeed)
    });
    words.as_deref()
}

fn succeeds(words: &[&str]) -> bool {
    Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn can_attach() -> bool {
    let target = Command::new("cat").stdin(Stdio::piped()).spawn();
    let Ok(mut target) = target else {
        return false;
    };
    let pid = target.id().to_string();
    let tracer = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "-p", &pid])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let works = tracer.is_ok_and(|mut tracer| {
        // While the tracer is attached, the target's status names it.
        let attached = format!("TracerPid:\t{}", tracer.id());
        let mut works = false;
        wait_until("strace has attached or given up", || {
            let status = fs::read_to_string(format!("/proc/{pid}/status"));
            works = status.is_ok_and(|status| status.lines().any(|line| line == attached));
            works || tracer.try_wait().is_ok_and(|ended| ended.is_some())
        });
        // `cat` ends, and the trace with it, when its input does.
        drop(target.stdin.take());
        let _ = tracer.wait();
        works
    });
    drop(target.stdin.take());
    let _ = target.wait();
    works
}
