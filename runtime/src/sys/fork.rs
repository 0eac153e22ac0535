//! What happens to a child between `fork(2)` and `execve(2)`.
//!
//! All systems have sessions, groups, masks and dispositions. Only Linux has the signal of a parent's death
//! (`PR_SET_PDEATHSIG`, `prctl(2)`). FreeBSD has `PROC_PDEATHSIG_CTL` (`procctl(2)`), which is not used. Elsewhere only the end
//! of its input tells a child that we have died.

use std::cell::Cell;
use std::io;
use std::os::fd::RawFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};

use super::process::process_id;
use super::ready::ReadyWriter;
use super::{sigaction, sigprocmask};

/// What a child is to do between fork and exec.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Orders {
    /// The child leads a process group of its own.
    pub(crate) own_group: bool,
    /// The kernel kills the child when this thread ends, where it can.
    pub(crate) ends_with_us: bool,
}

/// What the step of one start of a command needs to know.
#[derive(Debug, Clone, Copy)]
struct Given {
    orders: Orders,
    /// The process that starts the child.
    parent: libc::pid_t,
    /// The number of the one step that carries the orders out.
    step: u64,
    /// The descriptor that the program is to inherit, by which it says that it is ready.
    inherited: Option<RawFd>,
}

thread_local! {
    /// The orders for the command that this thread is starting. A command that was lent to us is started by others later, on
    /// threads that have none.
    static GIVEN: Cell<Option<Given>> = const { Cell::new(None) };
}

/// Starts a command by these orders.
///
/// The program begins with no signal blocked: a mask is inherited through fork and exec, and a child that has SIGTERM blocked
/// could not be told to end. But this thread has all signals [blocked](super::block_all_but_faults), and so has the child until
/// `begin` is done with the group: what arrives before that is for the group that the child leaves.
///
/// # Errors
///
/// Those of [`Command::spawn`].
pub(crate) fn spawn(
    command: &mut Command,
    orders: Orders,
    ready: Option<&ReadyWriter>,
) -> io::Result<Child> {
    static STEPS: AtomicU64 = AtomicU64::new(0);
    struct Taken;
    impl Drop for Taken {
        fn drop(&mut self) {
            GIVEN.set(None);
        }
    }
    // Relaxed: each step needs a number that no other has, and nothing else.
    let step = STEPS.fetch_add(1, Ordering::Relaxed);
    // Each start adds one more step, which comes after all steps of the program's own, also those that it has added
    // since the last start. Nothing removes the earlier ones from the command: by their numbers they know that they are
    // not meant.
    // SAFETY: between fork and exec `begin` reads a thread-local of plain data, and calls getsid, getpid, setpgid, sigpending,
    // sigismember, sigaction, pthread_sigmask, prctl, getppid, fcntl and _exit, which take no lock and allocate nothing
    // (signal-safety(7); prctl is a bare system call). It makes an error of a number.
    unsafe { command.pre_exec(move || begin(step)) };
    GIVEN.set(Some(Given {
        orders,
        parent: process_id(),
        step,
        inherited: ready.map(ReadyWriter::number),
    }));
    let _taken = Taken;
    command.spawn()
}

fn begin(step: u64) -> io::Result<()> {
    let Some(Given {
        orders,
        parent,
        inherited,
        ..
    }) = GIVEN.get().filter(|given| given.step == step)
    else {
        return Ok(());
    };
    if orders.own_group {
        lead_a_group()?;
        // This comes after the child has left the group, so that nothing is added any more, and before anything is
        // unblocked. A child that stays in the group keeps what is pending: it shares the terminal's keys with us.
        sigaction::forget_pending();
    }
    sigprocmask::unblock_all();
    if orders.ends_with_us {
        end_with(parent)?;
    }
    if let Some(end) = inherited {
        // The flag is taken away here, and not before the fork: no child that is started at the same time has this end.
        // SAFETY: fcntl takes integers here. The descriptor is open, unless a step of the program's own has closed it.
        if unsafe { libc::fcntl(end, libc::F_SETFD, 0) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Makes the child the leader of a group. The standard library is not asked for this: it would do it before the
/// program's own steps, of which one may be `setsid`.
fn lead_a_group() -> io::Result<()> {
    // SAFETY: they take integers. The leader of a session leads its group, too, and cannot leave it.
    let failed = unsafe { libc::getsid(0) != libc::getpid() && libc::setpgid(0, 0) != 0 };
    if failed {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Has the kernel kill this child when its parent ends. `PR_SET_PDEATHSIG` is about the *thread* that forks
/// (`prctl(2)`), which therefore has to outlive the child.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn end_with(parent: libc::pid_t) -> io::Result<()> {
    use super::exit::exit_now;
    use super::signum::SIGKILL;

    // SAFETY: takes integers.
    let set = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, SIGKILL) };
    if set != 0 {
        return Err(io::Error::last_os_error());
    }
    // The parent is asked for after the call. If it ended before the call, no signal comes, and another process is the
    // parent by now.
    // SAFETY: cannot fail and touches no memory.
    if unsafe { libc::getppid() } != parent {
        // This ends without a word: nobody is there to hear of an error, and the standard library aborts over that.
        exit_now(128 + SIGKILL);
    }
    Ok(())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn end_with(_: libc::pid_t) -> io::Result<()> {
    Ok(())
}
