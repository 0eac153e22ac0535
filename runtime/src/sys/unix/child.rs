//! The end of a child, and how far a child is: `waitid(2)`, which POSIX has.

use std::io;
use std::mem::MaybeUninit;

use crate::sys::ChildState;

/// Blocks until a child has ended, and leaves its status where it is.
pub(super) fn wait_for_end(pid: i32) {
    while look(pid, 0).is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {}
}

/// How far a child is. Its status stays where it is.
pub(super) fn child_state(pid: i32) -> ChildState {
    match look(pid, libc::WNOHANG) {
        Ok(false) => ChildState::Running,
        Ok(true) => ChildState::Zombie,
        // ECHILD. The call does not wait, so no signal interrupts it.
        Err(_) => ChildState::Reaped,
    }
}

/// Looks whether that child has ended, without reaping it.
fn look(pid: i32, how: libc::c_int) -> io::Result<bool> {
    #[allow(
        clippy::unnecessary_fallible_conversions,
        reason = "the type differs between systems"
    )]
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
