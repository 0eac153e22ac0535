//! A function that is told the exit status: `on_exit(3)`, which glibc has.

use std::ptr;

use crate::sys::at_exit::call_with_status;

/// Has [`call_with_status`] called when the process exits. Returns whether there was memory to remember it in.
pub(in crate::sys::unix) fn on_exit() -> bool {
    unsafe extern "C" {
        // The `libc` crate does not have this one.
        fn on_exit(
            function: extern "C" fn(libc::c_int, *mut libc::c_void),
            argument: *mut libc::c_void,
        ) -> libc::c_int;
    }
    extern "C" fn call(status: libc::c_int, _: *mut libc::c_void) {
        call_with_status(Some(status));
    }
    // SAFETY: a plain function without captures, which does not use its argument; it may be called from any thread.
    unsafe { on_exit(call, ptr::null_mut()) == 0 }
}
