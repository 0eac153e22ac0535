//! A full fence in every thread of the process (`FlushProcessWriteBuffers`). All versions that Rust runs on have it.

use windows_sys::Win32::System::Threading::FlushProcessWriteBuffers;

/// Returns whether the system can fence all threads.
pub(in crate::sys) fn prepare_to_fence() -> bool {
    true
}

/// Has every running thread of the process execute a full fence. Returns whether it has.
pub(in crate::sys) fn fence_all_threads() -> bool {
    // SAFETY: takes and touches nothing, and cannot fail.
    unsafe { FlushProcessWriteBuffers() };
    true
}
