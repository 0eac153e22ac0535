//! A function that is called at the exit, and not told the status: `atexit(3)`.

use crate::sys::at_exit::call_with_status;

/// Has [`call_with_status`] called when the process exits. Returns whether there was memory to remember it in.
pub(in crate::sys::unix) fn on_exit() -> bool {
    extern "C" fn call() {
        call_with_status(None);
    }
    // SAFETY: a plain function without captures; it may be called from any thread.
    unsafe { libc::atexit(call) == 0 }
}
