//! What calls of the system give and take: a handle that is to be closed, whether a call has failed (`GetLastError`), a
//! size.

use std::io;
use std::os::windows::io::{FromRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::{ERROR_INVALID_HANDLE, HANDLE};
use windows_sys::core::BOOL;

/// Takes over the handle that a call has made.
///
/// # Errors
///
/// The call has made none: its error.
///
/// # Safety
///
/// The call has just returned this, and nobody else has it.
pub(super) unsafe fn owned(made: HANDLE) -> io::Result<OwnedHandle> {
    if made.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the caller says so.
    Ok(unsafe { OwnedHandle::from_raw_handle(made) })
}

/// Returns the error of a call that has just returned FALSE.
pub(super) fn check(done: BOOL) -> io::Result<()> {
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Returns whether this is the system's error with that code.
pub(super) fn is(error: &io::Error, code: u32) -> bool {
    error.raw_os_error() == i32::try_from(code).ok()
}

/// Returns whether a call has failed because its handle is not open.
pub(super) fn found_closed<T>(called: io::Result<T>) -> bool {
    called.is_err_and(|error| is(&error, ERROR_INVALID_HANDLE))
}

/// Returns the size of a value as the system counts it.
pub(super) fn size<T: ?Sized>(of: &T) -> u32 {
    u32::try_from(size_of_val(of)).unwrap_or(u32::MAX)
}
