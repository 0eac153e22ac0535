//! A flag that threads can sleep on: an event that stays signalled until it is reset (`CreateEventW`).

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::System::Threading::{CreateEventW, ResetEvent, SetEvent};
use windows_sys::core::BOOL;

use super::handle::{check, found_closed, owned};
use super::wait::{Armed, Source};
use crate::sys::note_closed_descriptor;

pub(super) const MANUAL_RESET: BOOL = 1;
pub(super) const CLEAR: BOOL = 0;

/// A flag that is level-triggered: any number of threads may sleep on it ([`wait`](fn@crate::sys::wait)), and one that
/// comes late does not sleep at all.
#[derive(Debug)]
pub(crate) struct Event(pub(super) OwnedHandle);

impl Event {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: null pointers ask for no name, and for a handle that no child inherits.
        let made = unsafe { owned(CreateEventW(ptr::null(), MANUAL_RESET, CLEAR, ptr::null())) };
        made.map(Event)
    }

    /// Sets the event. Returns `false` where other code has closed it. This may be called by the routine of the
    /// console's events: it runs on a thread as any other.
    pub(crate) fn try_set(&self) -> bool {
        // SAFETY: takes a handle, and an error is all that comes of one that is not open.
        let set = check(unsafe { SetEvent(self.0.as_raw_handle()) });
        !found_closed(set)
    }

    /// Clears the event, until the next [`set`](Self::set).
    pub(crate) fn clear(&self) {
        // SAFETY: takes a handle, and an error is all that comes of one that is not open.
        let cleared = check(unsafe { ResetEvent(self.0.as_raw_handle()) });
        if found_closed(cleared) {
            note_closed_descriptor();
        }
    }
}

impl Source for Event {
    fn arm(&self) -> io::Result<Armed> {
        Ok(Armed::Always(self.0.as_raw_handle()))
    }
}

/// The public handles lend the event to the waits of their users.
impl AsHandle for Event {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}
