//! Sleeping until something is ready: `WaitForMultipleObjects`, and `RegisterWaitForSingleObject` where there is more than it takes.

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle};
use std::thread;
use std::time::{Duration, Instant};

use windows_sys::Win32::Foundation::{
    HANDLE, INVALID_HANDLE_VALUE, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::System::Threading::{
    INFINITE, RegisterWaitForSingleObject, SetEvent, UnregisterWaitEx, WT_EXECUTEINWAITTHREAD,
    WT_EXECUTEONLYONCE, WaitForMultipleObjects, WaitForSingleObject,
};

use super::event::{Event, is_closed};
use super::socket::Poll;
use crate::sys::note_closed_descriptor;

/// How many handles one call waits for (`MAXIMUM_WAIT_OBJECTS`).
const MOST: usize = 64;

/// Whether a runtime of tokio's can wait for an event by itself.
#[cfg(feature = "tokio")]
pub(crate) const TOKIO_POLLS_EVENTS: bool = false;

/// Returns `false`, since a runtime of tokio's waits for no event there.
#[cfg(feature = "tokio")]
pub(crate) async fn ready_in_tokio(_: impl AsHandle) -> bool {
    false
}

/// What a thread can sleep on: an [`Event`], the end of a process, a socket of the user's.
pub(crate) trait Source {
    /// Has a handle signalled when the source is ready. Only this folder uses that.
    fn arm(&self) -> io::Result<Armed>;

    /// Whether the handle is the library's own, and not one of the user's.
    fn is_ours(&self) -> bool {
        true
    }
}

/// A handle that is signalled when its source is ready, as long as this lives.
#[derive(Debug)]
pub(crate) struct Armed {
    handle: HANDLE,
    /// What signals the handle, where that was asked for this wait alone.
    _poll: Option<Poll>,
}

impl Armed {
    /// Returns this for a handle that is signalled by itself.
    pub(super) fn always(handle: HANDLE) -> Self {
        Armed {
            handle,
            _poll: None,
        }
    }

    pub(super) fn polling(poll: Poll) -> Self {
        Armed {
            handle: poll.handle(),
            _poll: Some(poll),
        }
    }
}

/// Sleeps until a source is ready, or the time is up. Returns the position of the first source that is ready.
///
/// This is for loops that look for themselves what has happened: it may return for nothing. Where the wait fails, because foreign
/// code has closed a handle of ours or the system has no memory, this sleeps for a moment instead, so that the loop goes on and does
/// not spin. In the first case the process ends.
pub(crate) fn wait(sources: &[&dyn Source], timeout: Option<Duration>) -> Option<usize> {
    const MOMENT: Duration = Duration::from_millis(20);
    try_wait(sources, timeout).unwrap_or_else(|_| {
        thread::sleep(timeout.map_or(MOMENT, |timeout| timeout.min(MOMENT)));
        None
    })
}

/// Sleeps until a source is ready. Returns the position of the first source that is ready, or `None` when the time is up.
///
/// # Errors
///
/// A handle is not open, or the system has no memory left. Where the handle is one of ours the process ends, and this does not
/// return.
pub(crate) fn wait_until_ready(
    sources: &[&dyn Source],
    timeout: Option<Duration>,
) -> io::Result<Option<usize>> {
    let waited = try_wait(sources, timeout);
    if waited.is_err() && crate::sys::ends_for_closed_descriptor() {
        // Another thread ends the process. If this one went on, its error could end the app before.
        loop {
            thread::park();
        }
    }
    waited
}

fn try_wait(sources: &[&dyn Source], timeout: Option<Duration>) -> io::Result<Option<usize>> {
    // A time that is too far away to be counted means for ever.
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let armed: io::Result<Vec<Armed>> = sources.iter().map(|source| source.arm()).collect();
    let armed = armed?;
    let handles: Vec<HANDLE> = armed.iter().map(|armed| armed.handle).collect();
    let waited = wait_for(&handles, end);
    if waited.is_err() {
        // One by one, since the error does not say which it was.
        let mut both = sources.iter().zip(&handles);
        if both.any(|(source, handle)| source.is_ours() && !is_open(*handle)) {
            note_closed_descriptor();
        }
    }
    waited
}

/// Returns whether a handle can be waited for.
fn is_open(handle: HANDLE) -> bool {
    // SAFETY: takes a handle, and an error is all that comes of one that is not open.
    let looked = unsafe { WaitForSingleObject(handle, 0) };
    looked != WAIT_FAILED || !is_closed()
}

/// Sleeps until a handle is signalled, or until that time. Returns the position of the first one that is.
fn wait_for(handles: &[HANDLE], end: Option<Instant>) -> io::Result<Option<usize>> {
    loop {
        let first = match handles {
            [] => {
                sleep_until(end);
                None
            }
            few if few.len() <= MOST => look(few, milliseconds_until(end))?,
            many => wait_for_many(many, end)?,
        };
        // The system counts in ticks, and so may wake a moment early.
        if first.is_some() || end.is_some_and(|end| Instant::now() >= end) {
            return Ok(first);
        }
    }
}

/// Sleeps until one of so many handles as one call takes is signalled.
fn look(handles: &[HANDLE], milliseconds: u32) -> io::Result<Option<usize>> {
    const ANY: i32 = 0;
    let count = u32::try_from(handles.len()).unwrap_or(0);
    // SAFETY: the slice is valid for so many handles, and an error is all that comes of one that is not open.
    let woken = unsafe { WaitForMultipleObjects(count, handles.as_ptr(), ANY, milliseconds) };
    match woken {
        WAIT_TIMEOUT => Ok(None),
        WAIT_FAILED => Err(io::Error::last_os_error()),
        // The lowest of those that are signalled. An abandoned one would be a mutex, which is nothing that we wait for.
        position => Ok(usize::try_from(position - WAIT_OBJECT_0).ok()),
    }
}

/// Sleeps until one of many handles is signalled: threads of the system wait for them, and set one event.
fn wait_for_many(handles: &[HANDLE], end: Option<Instant>) -> io::Result<Option<usize>> {
    let first = || -> io::Result<Option<usize>> {
        for (part, handles) in handles.chunks(MOST).enumerate() {
            if let Some(position) = look(handles, 0)? {
                return Ok(Some(part * MOST + position));
            }
        }
        Ok(None)
    };
    if let Some(first) = first()? {
        return Ok(Some(first));
    }
    let bell = Event::new()?;
    let bell = bell.as_handle().as_raw_handle();
    {
        let mut waits = Vec::with_capacity(handles.len());
        for &handle in handles {
            waits.push(Registered::new(handle, bell)?);
        }
        look(&[bell], milliseconds_until(end))?;
        // The waits are over before the event is closed.
    }
    first()
}

/// A wait by a thread of the system, until this is dropped.
struct Registered(HANDLE);

impl Registered {
    fn new(handle: HANDLE, bell: HANDLE) -> io::Result<Self> {
        let mut wait = std::ptr::null_mut();
        let how = WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE;
        // SAFETY: the pointer is valid for writing a handle. `ring` is called with the bell, which outlives this value (see
        // `wait_for_many`), and does what a thread that waits for others may do: it does not block.
        let registered = unsafe {
            RegisterWaitForSingleObject(&raw mut wait, handle, Some(ring), bell, INFINITE, how)
        };
        if registered == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Registered(wait))
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // SAFETY: the wait was registered above, and is unregistered once. `INVALID_HANDLE_VALUE` has this wait for a call of `ring`
        // that is under way.
        unsafe { UnregisterWaitEx(self.0, INVALID_HANDLE_VALUE) };
    }
}

/// Called by a thread of the system.
unsafe extern "system" fn ring(bell: *mut c_void, _timed_out: bool) {
    // SAFETY: takes a handle, which is open as long as this may be called.
    unsafe { SetEvent(bell) };
}

/// Returns the time that is left, rounded up, so that the end is never reported early.
fn milliseconds_until(end: Option<Instant>) -> u32 {
    let Some(end) = end else {
        return INFINITE;
    };
    let left = end.saturating_duration_since(Instant::now());
    let left = left.as_nanos().div_ceil(1_000_000);
    // What does not fit is longer than 49 days. The caller looks again.
    u32::try_from(left)
        .unwrap_or(INFINITE - 1)
        .min(INFINITE - 1)
}

fn sleep_until(end: Option<Instant>) {
    match end {
        Some(end) => thread::sleep(end.saturating_duration_since(Instant::now())),
        None => thread::park(),
    }
}
