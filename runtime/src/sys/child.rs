//! Children: what happens between fork and exec, and what tells that one has ended.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::dispositions;
use super::process::{exit_now, process_id};

pub(crate) const KILL: i32 = libc::SIGKILL;

/// Has a command's child begin with no signal blocked, and end with this process by that signal, where the
/// system can see to it.
///
/// A mask is inherited through fork and exec, so a thread that blocks a signal would start children that
/// cannot be told to end. `PR_SET_PDEATHSIG` is of the *thread* that forks (`prctl(2)`): the command has to be
/// started by one that outlives the child.
pub(crate) fn prepare_child(command: &mut Command, ends_with_us: Option<i32>) {
    let parent = process_id();
    let begin = move || {
        dispositions::unblock_all();
        match ends_with_us {
            Some(signal) => end_with(parent, signal),
            None => Ok(()),
        }
    };
    // SAFETY: between fork and exec it calls pthread_sigmask, prctl, getppid and _exit, which take no lock and allocate
    // nothing (signal-safety(7); prctl is a bare system call), and makes an error of a number.
    unsafe { command.pre_exec(begin) };
}

/// Without a race: a parent that ended before the call is not this process's parent any more.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn end_with(parent: libc::pid_t, signal: i32) -> io::Result<()> {
    // SAFETY: takes integers; a `signal` that is none makes it fail.
    let set = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) };
    if set != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: cannot fail and touches no memory.
    if unsafe { libc::getppid() } != parent {
        // Without a word: nobody is there to hear of an error, and the standard library aborts over that.
        exit_now(128 + signal);
    }
    Ok(())
}

/// Only the end of its input tells a child here; FreeBSD's `PROC_PDEATHSIG_CTL` (`procctl(2)`) is not used.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn end_with(_: libc::pid_t, _: i32) -> io::Result<()> {
    Ok(())
}

/// A descriptor that becomes readable when the process has ended, and stays so: `pidfd_open(2)`. `None` where
/// the kernel has no such thing, or no descriptor is left.
///
/// To be called for a child that nobody has reaped, or it may be another process by now.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn open_pidfd(pid: i32) -> Option<OwnedFd> {
    use std::os::fd::FromRawFd;

    // SAFETY: takes two integers. The descriptor is closed on exec, without being asked for it.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let fd = i32::try_from(fd).ok().filter(|&fd| fd >= 0)?;
    // SAFETY: the call above has just made this descriptor, and nobody else has it.
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn open_pidfd(_: i32) -> Option<OwnedFd> {
    None
}

/// Blocks until a child has ended, and leaves its status where it is.
pub(crate) fn wait_for_end(pid: i32) {
    while look(pid, 0).is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {}
}

/// Whether a child has ended, or is nobody's any more. Its status stays where it is.
pub(crate) fn has_ended(pid: i32) -> bool {
    look(pid, libc::WNOHANG).unwrap_or(true)
}

/// Whether that child has ended, without reaping it.
fn look(pid: i32, how: libc::c_int) -> io::Result<bool> {
    let id = libc::id_t::try_from(pid).map_err(io::Error::other)?;
    let how = how | libc::WEXITED | libc::WNOWAIT;
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the pointer is valid for writing, and all zeroes are valid, too: where there is nothing to tell,
    // the process id stays zero.
    let (result, info) = unsafe {
        let result = libc::waitid(libc::P_PID, id, info.as_mut_ptr(), how);
        (result, info.assume_init())
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: for a child's status, and for all zeroes, the field is there.
    Ok(unsafe { info.si_pid() } != 0)
}

/// Whom a signal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Process(i32),
    /// All processes of the group that this one leads.
    Group(i32),
}

/// Sends a signal. To be called for a child that nobody has reaped, or for its group until then.
///
/// # Errors
///
/// Those of `kill(2)`: there is no such signal, or the child has become somebody else's, as by `sudo`.
pub(crate) fn send(target: Target, signal: i32) -> io::Result<()> {
    let pid = match target {
        Target::Process(pid) => pid,
        Target::Group(leader) => -leader,
    };
    // SAFETY: takes two integers.
    if unsafe { libc::kill(pid, signal) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Sends a signal to the process that a descriptor of [`open_pidfd`] means; none other can get it.
///
/// # Errors
///
/// Those of `pidfd_send_signal(2)`: it has ended, or is another user's.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn send_to(process: &OwnedFd, signal: i32) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    let no_info = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: the descriptor is open, and a null pointer stands for what kill(2) would send.
    let sent = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            process.as_raw_fd(),
            signal,
            no_info,
            0,
        )
    };
    if sent != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn send_to(_: &OwnedFd, _: i32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
