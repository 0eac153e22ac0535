//! A flag that threads can sleep on: an event that stays signalled until it is reset (`CreateEventW`).

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::ERROR_INVALID_HANDLE;
use windows_sys::Win32::System::Threading::{CreateEventW, ResetEvent, SetEvent};

use super::wait::{Armed, Source};
use crate::sys::note_closed_descriptor;

/// A flag that is level-triggered: any number of threads may sleep on it ([`wait`](super::wait::wait)), and one that comes
/// late does not sleep at all.
#[derive(Debug)]
pub(crate) struct Event(OwnedHandle);

impl Event {
    pub(crate) fn new() -> io::Result<Self> {
        const MANUAL_RESET: i32 = 1;
        const CLEAR: i32 = 0;
        // SAFETY: null pointers ask for no name, and for a handle that no child inherits.
        let event = unsafe { CreateEventW(ptr::null(), MANUAL_RESET, CLEAR, ptr::null()) };
        if event.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call above has just made this handle, and nobody else has it.
        Ok(Event(unsafe { OwnedHandle::from_raw_handle(event) }))
    }

    /// Sets the event. Returns `false` where other code has closed it. This may be called by the routine of the console's
    /// events: it runs on a thread as any other.
    pub(crate) fn try_set(&self) -> bool {
        // SAFETY: takes a handle, and an error is all that comes of one that is not open.
        let set = unsafe { SetEvent(self.0.as_raw_handle()) };
        set != 0 || !is_closed()
    }

    /// Sets the event. Where other code has closed it, the process ends.
    pub(crate) fn set(&self) {
        if !self.try_set() {
            note_closed_descriptor();
        }
    }

    /// Clears the event, until the next [`set`](Self::set).
    pub(crate) fn clear(&self) {
        // SAFETY: takes a handle, and an error is all that comes of one that is not open.
        let reset = unsafe { ResetEvent(self.0.as_raw_handle()) };
        if reset == 0 && is_closed() {
            note_closed_descriptor();
        }
    }
}

impl Source for Event {
    fn arm(&self) -> io::Result<Armed> {
        Ok(Armed::always(self.0.as_raw_handle()))
    }
}

/// The public handles lend the event to the waits of their users.
impl AsHandle for Event {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}

/// Returns whether the call before has failed because its handle is not open.
pub(super) fn is_closed() -> bool {
    let closed = i32::try_from(ERROR_INVALID_HANDLE).ok();
    io::Error::last_os_error().raw_os_error() == closed
}
