//! Children: what happens between fork and exec, and what tells that one has ended.

use std::cell::Cell;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};

use super::poll::{Interest, Source, pollfd};
use super::process::{exit_now, process_id};
use super::{sigaction, sigprocmask};

pub(crate) use libc::ESRCH;

pub(crate) const KILL: i32 = libc::SIGKILL;

/// What a child is to do between fork and exec.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Orders {
    /// It leads a process group of its own.
    pub(crate) own_group: bool,
    /// The kernel kills it when this thread ends, where it can.
    pub(crate) ends_with_us: bool,
}

/// What the step of one start of a command needs to know.
#[derive(Debug, Clone, Copy)]
struct Given {
    orders: Orders,
    /// This process.
    parent: libc::pid_t,
    /// The number of the one step that carries them out.
    step: u64,
}

thread_local! {
    /// Those for the command that this thread is starting. A command that was lent to us is started by others later, on
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
pub(crate) fn spawn(command: &mut Command, orders: Orders) -> io::Result<Child> {
    static STEPS: AtomicU64 = AtomicU64::new(0);
    struct Taken;
    impl Drop for Taken {
        fn drop(&mut self) {
            GIVEN.set(None);
        }
    }
    let step = STEPS.fetch_add(1, Ordering::Relaxed);
    // At each start one more, so that it comes after all steps of the program's own, also those that it has added since the
    // last start. Nothing removes the earlier ones from the command: by their numbers they know that they are not meant.
    // SAFETY: between fork and exec `begin` reads a thread-local of plain data, and calls getsid, getpid, setpgid, sigpending,
    // sigismember, sigaction, pthread_sigmask, prctl, getppid and _exit, which take no lock and allocate nothing
    // (signal-safety(7); prctl is a bare system call). It makes an error of a number.
    unsafe { command.pre_exec(move || begin(step)) };
    GIVEN.set(Some(Given {
        orders,
        parent: process_id(),
        step,
    }));
    let _taken = Taken;
    command.spawn()
}

fn begin(step: u64) -> io::Result<()> {
    let Some(Given { orders, parent, .. }) = GIVEN.get().filter(|given| given.step == step) else {
        return Ok(());
    };
    if orders.own_group {
        lead_a_group()?;
        // After it has left the group, so that nothing is added any more, and before anything is unblocked. A child that
        // stays in the group keeps what is pending: it shares the terminal's keys with us.
        sigaction::forget_pending();
    }
    sigprocmask::unblock_all();
    if orders.ends_with_us {
        end_with(parent)?;
    }
    Ok(())
}

/// Here and not by the standard library, which would do it before the program's own steps, of which one may be `setsid`.
fn lead_a_group() -> io::Result<()> {
    // SAFETY: they take integers. The leader of a session leads its group, too, and cannot leave it.
    let failed = unsafe { libc::getsid(0) != libc::getpid() && libc::setpgid(0, 0) != 0 };
    if failed {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// By `PR_SET_PDEATHSIG`, which is of the *thread* that forks (`prctl(2)`): that one has to outlive the child.
///
/// Without a race: a parent that ended before the call is not this process's parent any more.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn end_with(parent: libc::pid_t) -> io::Result<()> {
    // SAFETY: takes integers.
    let set = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, KILL) };
    if set != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: cannot fail and touches no memory.
    if unsafe { libc::getppid() } != parent {
        // Without a word: nobody is there to hear of an error, and the standard library aborts over that.
        exit_now(128 + KILL);
    }
    Ok(())
}

/// Only the end of its input tells a child here; FreeBSD's `PROC_PDEATHSIG_CTL` (`procctl(2)`) is not used.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn end_with(_: libc::pid_t) -> io::Result<()> {
    Ok(())
}

/// The end of a process, which a thread can sleep on: ready from then on. Whatever becomes of the number, this
/// means the process that had it at first.
#[derive(Debug)]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    allow(dead_code, reason = "nothing makes one there")
)]
pub(crate) struct ProcessEnd(OwnedFd);

impl ProcessEnd {
    /// To be called for a child that nobody has reaped, or its number may be another process's by now.
    ///
    /// # Errors
    ///
    /// When the kernel has no such thing, or there is no such process, or no descriptor is left.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn of(pid: i32) -> io::Result<Self> {
        use std::os::fd::FromRawFd;

        // SAFETY: takes two integers. The descriptor is closed on exec, without being asked for it.
        let opened = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        match i32::try_from(opened) {
            // SAFETY: the call above has just made this descriptor, and nobody else has it.
            Ok(fd) if fd >= 0 => Ok(ProcessEnd(unsafe { OwnedFd::from_raw_fd(fd) })),
            _ => Err(io::Error::last_os_error()),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(crate) fn of(_: i32) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Source for ProcessEnd {
    fn pollfd(&self) -> libc::pollfd {
        pollfd(&self.0, Interest::Read)
    }
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
    /// All processes of the group that this one leads, or was started to lead.
    Group(i32),
}

/// Sends a signal. To be called as long as nobody has reaped the child: until then its number is no other's, nor that of
/// another group.
///
/// # Errors
///
/// Those of `kill(2)`: there is no such signal, or the child has become another user's.
pub(crate) fn send(target: Target, signal: i32) -> io::Result<()> {
    let (pid, to) = match target {
        Target::Process(pid) => (pid, pid),
        Target::Group(leader) => (leader, -leader),
    };
    // SAFETY: they take integers.
    let failed = unsafe {
        let has_left = to < 0 && libc::getpgid(pid) != pid;
        let sent = libc::kill(to, signal);
        if has_left {
            // It has made itself a member of another group.
            libc::kill(pid, signal) != 0
        } else {
            sent != 0
        }
    };
    if failed {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
