//! The threads of this process, as `/proc/self/task` shows them (`proc_pid_task(5)`), and which of them is the initial
//! one (`gettid(2)`).

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::str::FromStr;

use crate::sys::unix::process::process_id;

/// Returns whether this is the thread that the process began with.
pub(in crate::sys::unix) fn is_initial_thread() -> bool {
    // SAFETY: takes and touches nothing.
    (unsafe { libc::syscall(libc::SYS_gettid) }) == libc::c_long::from(process_id())
}

/// Sends the signal to the calling thread, as `raise(3)` does. Async-signal-safe.
///
/// The kernel is asked which thread that is. A C library may remember it (musl), and then takes a child of `clone(2)`
/// for its parent.
pub(in crate::sys::unix) fn send_to_this_thread(signal: i32) {
    // SAFETY: all three take integers, and touch no memory.
    unsafe {
        let thread = libc::syscall(libc::SYS_gettid);
        libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, signal);
    }
}

/// Returns whether the calling thread is the only one that still runs code. Async-signal-safe.
pub(in crate::sys::unix) fn has_one_thread() -> bool {
    // A folder has a link for itself, one in its parent, and one for each folder in it.
    const OF_ONE: libc::nlink_t = 3;
    let mut status = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the path is a C string, and the pointer is valid for writing a status; all zeroes are one, should the
    // call fail.
    let status = unsafe {
        libc::stat(c"/proc/self/task".as_ptr(), status.as_mut_ptr());
        status.assume_init()
    };
    match status.st_nlink {
        OF_ONE => true,
        // There is no `/proc`. Then nobody knows.
        0 => false,
        _ => others_are_ending().unwrap_or(false),
    }
}

/// Returns whether all other threads have begun to end, in the kernel: such a thread holds no lock. A thread that was
/// joined may be listed for a moment longer. `None` means that this cannot be found out.
fn others_are_ending() -> Option<bool> {
    // Both are read piece by piece: more threads than the buffer has room for may be there.
    #[repr(align(8))]
    struct Entries([u8; 1024]);
    // `struct linux_dirent64` (getdents(2)): the length of an entry, and the name in it, which ends with a zero.
    const LENGTH: usize = 16;
    const NAME: usize = 19;

    // SAFETY: the path is a C string.
    let folder = unsafe {
        let how = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC;
        libc::open(c"/proc/self/task".as_ptr(), how)
    };
    if folder < 0 {
        return None;
    }
    // SAFETY: the call above has just made this descriptor, and nobody else has it.
    let folder = unsafe { OwnedFd::from_raw_fd(folder) };
    // SAFETY: takes and touches nothing.
    let own = unsafe { libc::syscall(libc::SYS_gettid) };
    let mut entries = Entries([0; 1024]);
    loop {
        // SAFETY: the buffer is valid for its length, and has the alignment of an entry.
        let read = unsafe {
            let buffer = entries.0.as_mut_ptr();
            libc::syscall(
                libc::SYS_getdents64,
                folder.as_raw_fd(),
                buffer,
                entries.0.len(),
            )
        };
        let read = usize::try_from(read).ok()?;
        if read == 0 {
            return Some(true);
        }
        let mut rest = entries.0.get(..read)?;
        while let Some(length) = rest.get(LENGTH..LENGTH + 2) {
            let length = u16::from_ne_bytes(length.try_into().ok()?).into();
            let (entry, others) = rest.split_at_checked(length)?;
            rest = others;
            let digits = entry.get(NAME..)?.split(|&byte| byte == 0).next()?;
            // `.` and `..` are no numbers.
            if let Some(thread) = number::<libc::c_long>(digits) {
                if thread != own && !is_ending(folder.as_raw_fd(), digits) {
                    return Some(false);
                }
            }
        }
    }
}

fn number<T: FromStr>(digits: &[u8]) -> Option<T> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Returns whether a thread of this process has begun to end, or has ended: the flag `PF_EXITING`, in the ninth field
/// of `/proc/self/task/…/stat` (`proc(5)`).
fn is_ending(folder: libc::c_int, thread: &[u8]) -> bool {
    const PF_EXITING: u32 = 4;
    // Counted from the bracket behind the name, which is the end of the second field.
    const FLAGS: usize = 7;
    let mut path = [0_u8; 32];
    let name = thread.iter().chain(b"/stat");
    path.iter_mut().zip(name).for_each(|(to, from)| *to = *from);
    let mut text = [0_u8; 512];
    // SAFETY: the path ends with a zero, since a number has ten digits at the most; the buffer is valid for its length;
    // and the descriptor was made here and is nobody else's.
    let length = unsafe {
        let stat = libc::openat(
            folder,
            path.as_ptr().cast(),
            libc::O_RDONLY | libc::O_CLOEXEC,
        );
        if stat < 0 {
            // The thread is gone.
            return true;
        }
        let read = libc::read(stat, text.as_mut_ptr().cast(), text.len());
        libc::close(stat);
        read
    };
    let Some(text) = usize::try_from(length)
        .ok()
        .and_then(|length| text.get(..length))
    else {
        // The thread has ended since the file was opened.
        return true;
    };
    // The name is in brackets, and may have any characters.
    let after_name = text.rsplit(|&byte| byte == b')').next();
    let flags = after_name.and_then(|fields| fields.split(|&byte| byte == b' ').nth(FLAGS));
    flags
        .and_then(number::<u32>)
        .is_some_and(|flags| flags & PF_EXITING != 0)
}
