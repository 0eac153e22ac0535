//! Programs to which the kernel refuses something.

#![cfg(target_os = "linux")]

use aplomb_testing::{Capability, Command, Errno, Output, Without};

fn available(capability: Capability) -> bool {
    let is_available = capability.is_available();
    if !is_available {
        eprintln!("skipped: it needs {capability}");
    }
    is_available
}

fn ends(command: Command) -> Output {
    command.spawn().wait()
}

/// `setpriv --pdeathsig` asks for the signal of its parent's death, and says what came of it.
fn with_parent_death_signal(without: Option<Errno>) -> Output {
    let setpriv = Command::new("setpriv").args(["--pdeathsig", "TERM", "true"]);
    ends(match without {
        Some(error) => setpriv.without(Without::ParentDeathSignal(error)),
        None => setpriv,
    })
}

#[test]
fn what_is_refused_fails_with_that_error() {
    if !available(Capability::Seccomp) {
        return;
    }
    with_parent_death_signal(None).assert_code(0);
    with_parent_death_signal(Some(Errno::EPERM)).assert_stderr(&["Operation not permitted"]);
    with_parent_death_signal(Some(Errno::EINVAL)).assert_stderr(&["Invalid argument"]);
}

/// What a program starts, and what has started it, is refused the same.
#[test]
fn each_refusal_is_a_filter_that_children_have() {
    if !available(Capability::Seccomp) {
        return;
    }
    let status = ["-c", "cat /proc/self/status; exit 0"];
    let begun_so = Command::new("sh").args(status);
    let refused = begun_so
        .without(Without::Membarrier(Errno::ENOSYS))
        .without(Without::PidfdOpen(Errno::EPERM));
    let output = ends(refused);
    output
        .assert_code(0)
        .assert_once("NoNewPrivs:\t1")
        .assert_once("Seccomp:\t2")
        .assert_once("Seccomp_filters:\t2");
}

#[test]
fn there_is_no_proc() {
    if !available(Capability::MountNamespace) {
        return;
    }
    let list = Command::new("sh").args(["-c", "ls /proc; echo \"pid $$\""]);
    let list = list.without(Without::Proc).spawn();
    let pid = list.pid();
    // The program is the test's own child all the same.
    list.wait()
        .assert_code(0)
        .assert_stdout(&[&format!("pid {pid}")]);
}

#[test]
fn names_are_read() {
    let read = |name: &str| name.parse::<Without>();
    let default = Without::PidfdOpen(Errno::ENOSYS);
    assert_eq!(read("pidfd_open"), Ok(default));
    let denied = Without::PidfdOpen(Errno::EPERM);
    assert_eq!(read("pidfd_open=EPERM"), Ok(denied));
    assert_eq!(read("proc"), Ok(Without::Proc));
    assert!(read("fork").is_err());
    assert!(read("membarrier=EIO").is_err());
}
