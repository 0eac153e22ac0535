//! Sleeping until something is ready: `WaitForMultipleObjects`, and `RegisterWaitForSingleObject` where there is more
//! than it takes.

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::ptr;
use std::thread;
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    FALSE, HANDLE, INVALID_HANDLE_VALUE, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::System::Threading::{
    INFINITE, RegisterWaitForSingleObject, SetEvent, UnregisterWaitEx, WT_EXECUTEINWAITTHREAD,
    WT_EXECUTEONLYONCE, WaitForMultipleObjects,
};

use super::event::Event;
use super::handle::{check, found_closed};
use super::socket::Poll;
use crate::sys::note_closed_descriptor;

/// How many handles one call waits for (`MAXIMUM_WAIT_OBJECTS`).
const MOST: usize = 64;

/// Whether a runtime of tokio's can wait for an event by itself.
#[cfg(feature = "tokio")]
pub(crate) const TOKIO_POLLS_EVENTS: bool = false;

/// Returns `false`, since a runtime of tokio's waits for no event there.
#[cfg(feature = "tokio")]
pub(crate) async fn ready_in_tokio<T>(_: T) -> bool {
    false
}

/// What a thread can sleep on: an [`Event`], the end of a process, a socket of the user's.
pub(crate) trait Source {
    /// Has a handle signalled when the source is ready. Only this folder uses that.
    fn arm(&self) -> io::Result<Armed>;
}

/// What has a handle signalled when its source is ready, as long as this lives.
#[derive(Debug)]
pub(crate) enum Armed {
    /// A handle of the library's own, which is signalled by itself.
    Always(HANDLE),
    /// A request about a socket of the user's, for this wait alone.
    Poll(Poll),
}

impl Armed {
    fn handle(&self) -> HANDLE {
        match self {
            Armed::Always(handle) => *handle,
            Armed::Poll(poll) => poll.handle(),
        }
    }

    /// Returns whether a handle of ours turns out to be closed.
    fn is_closed(&self) -> bool {
        matches!(self, Armed::Always(handle) if found_closed(look(&[*handle], 0)))
    }
}

/// Sleeps until a source is ready, or the time is up. Returns the position of the first source that is ready. The
/// system counts in ticks, and so may wake a moment early.
///
/// # Errors
///
/// A handle is not open, or the system has no memory left. Where the handle is one of ours the process ends.
pub(in crate::sys) fn try_wait(
    sources: &[&dyn Source],
    timeout: Option<Duration>,
) -> io::Result<Option<usize>> {
    let armed: io::Result<Vec<Armed>> = sources.iter().map(|source| source.arm()).collect();
    let armed = armed?;
    let handles: Vec<HANDLE> = armed.iter().map(Armed::handle).collect();
    let waited = match &*handles {
        [] => {
            timeout.map_or_else(thread::park, thread::sleep);
            Ok(None)
        }
        few if few.len() <= MOST => look(few, milliseconds(timeout)),
        many => wait_for_many(many, milliseconds(timeout)),
    };
    // One by one, since the error does not say which it was.
    if waited.is_err() && armed.iter().any(Armed::is_closed) {
        note_closed_descriptor();
    }
    waited
}

/// Sleeps until a handle is signalled, or the time is up. Returns whether it is signalled.
pub(super) fn wait_for(handle: &OwnedHandle, milliseconds: u32) -> bool {
    look(&[handle.as_raw_handle()], milliseconds).is_ok_and(|first| first.is_some())
}

/// Sleeps until one of so many handles as one call takes is signalled. Returns the position of the first one that is.
fn look(handles: &[HANDLE], milliseconds: u32) -> io::Result<Option<usize>> {
    let count = u32::try_from(handles.len()).unwrap_or(0);
    // SAFETY: the slice is valid for so many handles, and an error is all that comes of one that is not open. Not all
    // of them are waited for.
    let woken = unsafe { WaitForMultipleObjects(count, handles.as_ptr(), FALSE, milliseconds) };
    match woken {
        WAIT_TIMEOUT => Ok(None),
        WAIT_FAILED => Err(io::Error::last_os_error()),
        // The lowest of those that are signalled. An abandoned one would be a mutex, which is nothing that we wait for.
        position => Ok(usize::try_from(position - WAIT_OBJECT_0).ok()),
    }
}

/// Sleeps until one of many handles is signalled: threads of the system wait for them, and set one event.
fn wait_for_many(handles: &[HANDLE], milliseconds: u32) -> io::Result<Option<usize>> {
    let event = Event::new()?;
    let bell = event.0.as_raw_handle();
    // These waits are over before the event is closed.
    let _waits = handles
        .iter()
        .map(|handle| Registered::new(*handle, bell))
        .collect::<io::Result<Vec<_>>>()?;
    look(&[bell], milliseconds)?;
    for (part, handles) in handles.chunks(MOST).enumerate() {
        if let Some(position) = look(handles, 0)? {
            return Ok(Some(part * MOST + position));
        }
    }
    Ok(None)
}

/// A wait by a thread of the system, until this is dropped.
struct Registered(HANDLE);

impl Registered {
    fn new(handle: HANDLE, bell: HANDLE) -> io::Result<Self> {
        let mut wait = ptr::null_mut();
        let how = WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE;
        // SAFETY: the pointer is valid for writing a handle. `ring` is called with the bell, which outlives this value
        // (see `wait_for_many`), and does what a thread that waits for others may do: it does not block.
        check(unsafe {
            RegisterWaitForSingleObject(&raw mut wait, handle, Some(ring), bell, INFINITE, how)
        })?;
        Ok(Registered(wait))
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // SAFETY: the wait was registered above, and is unregistered once. `INVALID_HANDLE_VALUE` has this wait for a
        // call of `ring` that is under way.
        unsafe { UnregisterWaitEx(self.0, INVALID_HANDLE_VALUE) };
    }
}

/// Called by a thread of the system.
unsafe extern "system" fn ring(bell: *mut c_void, _timed_out: bool) {
    // SAFETY: takes a handle, which is open as long as this may be called.
    unsafe { SetEvent(bell) };
}

/// Returns a time as the system takes it, rounded up, so that the end is not reported early. `None` means for ever.
/// What does not fit is longer than 49 days.
fn milliseconds(timeout: Option<Duration>) -> u32 {
    let Some(timeout) = timeout else {
        return INFINITE;
    };
    let rounded_up = timeout.as_nanos().div_ceil(1_000_000);
    u32::try_from(rounded_up).map_or(INFINITE - 1, |fits| fits.min(INFINITE - 1))
}
