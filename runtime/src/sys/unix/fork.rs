//! What happens to a child between `fork(2)` and `execve(2)`.
//!
//! All systems have sessions, groups, masks and dispositions. Linux and FreeBSD have the signal of a parent's death.
//! Elsewhere only the end of its input tells a child that we have died.

use std::cell::Cell;
use std::io;
use std::os::fd::RawFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use super::atfork::with_first_step;
use super::exit::exit_now;
use super::group::Group;
use super::kernel::{end_with, outlive_parent};
use super::process::process_id;
use super::ready::ReadyWriter;
use super::signum::SIGKILL;
use super::{sigaction, sigprocmask};
use crate::sys::{Orders, code_of};

/// The process id of a child that is being started. [`Command::spawn`] returns it when the child has become its
/// program. The program's own steps come before that, and may take for ever. So the child itself tells its id before
/// them, by memory that both share.
#[derive(Debug)]
pub(crate) struct Birth(NonNull<AtomicI32>);

// SAFETY: the pointer is to memory that is the value's alone, and an atomic may be used by any thread.
unsafe impl Send for Birth {}
// SAFETY: as above.
unsafe impl Sync for Birth {}

impl Birth {
    /// Makes the memory for one start.
    ///
    /// # Errors
    ///
    /// When no memory is left.
    pub(crate) fn new() -> io::Result<Self> {
        let (how, who) = (
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANON,
        );
        // SAFETY: a new mapping, which replaces no other one. It is all zeroes, which is an atomic, and is aligned as a
        // page is.
        let place = unsafe { libc::mmap(ptr::null_mut(), Self::LENGTH, how, who, -1, 0) };
        if place == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        NonNull::new(place.cast())
            .map(Birth)
            .ok_or_else(|| io::ErrorKind::OutOfMemory.into())
    }

    const LENGTH: usize = size_of::<AtomicI32>();

    /// Gives the start up. Returns the child that is to be killed, with the group that it leads, where it was started
    /// to lead one. A child that has not told its process id by now ends when it would: so none is missed that is
    /// forked at this very moment.
    pub(crate) fn give_up(&self, own_group: bool) -> Option<Group> {
        // SAFETY: the memory is there as long as this value is.
        let place = unsafe { self.0.as_ref() };
        // Relaxed: the exchange decides who comes first, and nothing but the number is handed over.
        match place.compare_exchange(0, Self::GIVEN_UP, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) | Err(Self::GIVEN_UP) => None,
            Err(pid) => Some(Group::new(pid, own_group)),
        }
    }

    /// In the place of the process id, this says that nobody wants the child any more.
    const GIVEN_UP: i32 = -1;
}

impl Drop for Birth {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and nobody in this process has another pointer to it: that of `GIVEN` is gone when
        // `spawn` returns, which has a reference to this value. The child has a mapping of its own.
        unsafe { libc::munmap(self.0.as_ptr().cast(), Self::LENGTH) };
    }
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
    /// Where the child tells its process id.
    birth: NonNull<AtomicI32>,
}

thread_local! {
    /// The orders for the command that this thread is starting. A command that was lent to us is started by others
    /// later, on threads that have none.
    static GIVEN: Cell<Option<Given>> = const { Cell::new(None) };
}

/// Starts a command by these orders. That the child ends with us means that it ends with this *thread*. Until its
/// program begins, that holds for each child.
///
/// The program begins with no signal blocked: a mask is inherited through fork and exec, and a child that has SIGTERM
/// blocked could not be told to end. But this thread has all signals [blocked](super::block_all_but_faults), and so has
/// the child until `begin` is done with the group: what arrives before that is for the group that the child leaves.
///
/// This returns when the program has begun, or could not. As long as the program's own steps before that take, only
/// `birth` tells which process the child is.
///
/// # Errors
///
/// Those of [`Command::spawn`].
pub(crate) fn spawn(
    command: &mut Command,
    orders: Orders,
    ready: Option<&ReadyWriter>,
    birth: &Birth,
) -> io::Result<(Child, Group)> {
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
    // not meant. SAFETY: between fork and exec `be_born` and `begin` read a thread-local of plain data, and call
    // getsid, getpid, setpgid, sigpending, sigismember, sigaction, pthread_sigmask, prctl (procctl on FreeBSD),
    // getppid, fcntl and _exit, which take no lock and allocate nothing (signal-safety(7); prctl and procctl are bare
    // system calls). They make an error of a number.
    unsafe { command.pre_exec(move || begin(step)) };
    GIVEN.set(Some(Given {
        orders,
        parent: process_id(),
        step,
        inherited: ready.map(ReadyWriter::number),
        birth: birth.0,
    }));
    let _taken = Taken;
    let child = with_first_step(be_born, || command.spawn())?;
    // A process id is a positive `i32` on Unix; the standard library returns it as a `u32`.
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    Ok((child, Group::new(pid, orders.own_group)))
}

/// The first step of the child, before those of the program. One of these may never end: so the child tells its process
/// id here, and ends with its parent from here on.
fn be_born() {
    let Some(given) = GIVEN.get() else {
        return;
    };
    // SAFETY: the parent keeps the memory until `spawn` returns there, and the child has a mapping of its own.
    let place = unsafe { given.birth.as_ref() };
    // Relaxed, as in `give_up`.
    let told = place.compare_exchange(0, process_id(), Ordering::Relaxed, Ordering::Relaxed);
    if told.is_err() {
        exit_now(code_of(SIGKILL).into());
    }
    end_with(given.parent);
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
        // Once more, since a step of the program's own may have taken it back: to become another user does (prctl(2)).
        end_with(parent);
    } else {
        outlive_parent();
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
