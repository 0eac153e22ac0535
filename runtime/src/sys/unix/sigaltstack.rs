//! The initial thread's alternate signal stack, which has to be there as long as handlers are: `sigaltstack(2)`.
//!
//! All systems have the call. Where nothing tells which thread is the initial one, handlers run on the stacks that they
//! interrupt.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use super::kernel::is_initial_thread;

/// Whether handlers may run on alternate stacks, because that of the initial thread stays.
static STAYS: AtomicBool = AtomicBool::new(false);

/// The stack that we have given to the initial thread. No other thread reads or writes this.
static OURS: AtomicPtr<libc::c_void> = AtomicPtr::new(ptr::null_mut());

/// The size of that stack, which is comfortable for handlers of others, too. Only what is touched takes memory.
const SIZE: usize = 64 << 10;

/// Returns whether [`keep_alternate_stack`] has succeeded.
pub(super) fn stays() -> bool {
    // Relaxed: the stack that this speaks of is the kernel's to find, and no memory is reached by way of the flag.
    STAYS.load(Ordering::Relaxed)
}

/// Has the initial thread keep its alternate stack, where this is that thread, and it has one.
///
/// `std::process::exit`, on whichever thread, unmaps the stack that the standard library has made for the initial
/// thread, and disables that of the calling thread. So a handler on the initial thread, where the kernel sends signals
/// as long as that lives, would have no stack from then on: the process would die by SIGSEGV, while it waits for
/// shields or exit functions. Hence the initial thread gets a stack of ours, which is never unmapped.
///
/// No other thread can do that for it. Where the app is on another one, handlers run on the stacks that they interrupt.
pub(crate) fn keep_alternate_stack() {
    if is_initial_thread() {
        // Each app asks anew: the program may have set another stack since the last one. Relaxed, since no memory is
        // published with the flag. It is set after the stack has been replaced.
        STAYS.store(replace_by_ours().is_some(), Ordering::Relaxed);
    }
}

fn replace_by_ours() -> Option<()> {
    let present = change(None)?;
    if present.ss_flags & libc::SS_DISABLE != 0 {
        return Some(());
    }
    // Relaxed, here and below: one thread alone reads and writes it.
    let ours = OURS.load(Ordering::Relaxed);
    if !ours.is_null() && present.ss_sp == ours {
        return Some(());
    }
    // A stack that is larger than ours was made so by somebody who needs it.
    let size = present.ss_size.max(SIZE);
    let stack = libc::stack_t {
        ss_sp: map(size)?,
        ss_flags: 0,
        ss_size: size,
    };
    change(Some(&stack))?;
    // Our stack is noted after the change. Otherwise a change that failed would count as done the next time.
    OURS.store(stack.ss_sp, Ordering::Relaxed);
    Some(())
}

/// Sets this thread's alternate stack, if there is a new one. Returns the one before.
fn change(new: Option<&libc::stack_t>) -> Option<libc::stack_t> {
    let new = new.map_or(ptr::null(), ptr::from_ref);
    let mut before = MaybeUninit::<libc::stack_t>::zeroed();
    // SAFETY: the new stack is null, which only asks, or memory that is never unmapped; the other pointer is valid for
    // writing, and all zeroes are a stack, too, should the call fail.
    let (result, before) = unsafe {
        let result = libc::sigaltstack(new, before.as_mut_ptr());
        (result, before.assume_init())
    };
    (result == 0).then_some(before)
}

/// Maps memory for a stack, with a page below it that nobody can write to.
fn map(size: usize) -> Option<*mut libc::c_void> {
    // SAFETY: the mapping is new and nobody else's; the page that is protected is its first one.
    unsafe {
        let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).ok()?;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
        let mapped = libc::mmap(ptr::null_mut(), page + size, access, flags, -1, 0);
        if mapped == libc::MAP_FAILED || libc::mprotect(mapped, page, libc::PROT_NONE) != 0 {
            return None;
        }
        Some(mapped.byte_add(page))
    }
}
