//! How a child says that it is ready: a named event (`CreateEventW`), whose name it learns by a variable of its
//! environment.
//!
//! A pipe would not do, since a thread cannot wait for several of them. Nor would a handle that the child inherits:
//! such a handle gets into every child that is started meanwhile. A child that will never say anything is not noticed
//! before it ends, or its time is up: an event has no other end.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::process::{self, Command};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use windows_sys::Win32::Foundation::{ERROR_ALREADY_EXISTS, FALSE};
use windows_sys::Win32::System::Threading::{CreateEventW, EVENT_MODIFY_STATE, OpenEventW};

use super::clock::milliseconds;
use super::event::{CLEAR, Event, MANUAL_RESET};
use super::handle::{is, owned};
use super::wait::{Armed, Source, wait_for};
use crate::sys::Said;

/// The variable with the name of the event.
const EVENT: &str = "APLOMB_READY_EVENT";

/// The event by which we learn that a child is ready. It is kept until the child has ended, so that a child may say it
/// twice.
#[derive(Debug)]
pub(crate) struct ReadyReader(Event);

impl ReadyReader {
    /// Looks whether the child has said that it is ready.
    pub(crate) fn look(&self) -> Said {
        if wait_for(&self.0.0, 0) {
            Said::Ready
        } else {
            Said::Nothing
        }
    }
}

impl Source for ReadyReader {
    fn arm(&self) -> io::Result<Armed> {
        self.0.arm()
    }
}

/// The name of the event, which the child alone is told.
#[derive(Debug)]
pub(crate) struct ReadyWriter {
    name: String,
}

impl ReadyWriter {
    /// Has a command tell the child of the event.
    #[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
    pub(crate) fn tell(&self, command: &mut Command) -> io::Result<()> {
        command.env(EVENT, &self.name);
        Ok(())
    }
}

/// Has a command hand on to no child what it was told for another one.
pub(crate) fn untell(command: &mut Command) {
    command.env_remove(EVENT);
}

/// Has a command not hand on what this process was told itself, as a child of another one.
pub(crate) fn keep_to_ourselves(command: &mut Command) {
    if env::var_os(EVENT).is_some() {
        untell(command);
    }
}

/// Makes the event.
///
/// # Errors
///
/// When no handle is left, or somebody else's event has that name.
pub(crate) fn ready_pipe() -> io::Result<(ReadyReader, ReadyWriter)> {
    static EVENTS: AtomicU64 = AtomicU64::new(0);
    // Relaxed: each event needs a number that no other has, and nothing else.
    let number = EVENTS.fetch_add(1, Ordering::Relaxed);
    // The time is in it since the number of a process is given out again.
    let name = format!(
        r"Local\aplomb-ready-{}-{number}-{}",
        process::id(),
        milliseconds()
    );
    let wide = wide(OsStr::new(&name));
    // SAFETY: the name ends with a zero, and lives to the end of this function. The null pointer asks for a handle that
    // no child inherits.
    let event = unsafe {
        owned(CreateEventW(
            ptr::null(),
            MANUAL_RESET,
            CLEAR,
            wide.as_ptr(),
        ))
    }?;
    let made = io::Error::last_os_error();
    if is(&made, ERROR_ALREADY_EXISTS) {
        return Err(made);
    }
    Ok((ReadyReader(Event(event)), ReadyWriter { name }))
}

/// Says that this process is ready, if it was started by somebody who wants to know that. To say it once more changes
/// nothing.
pub(crate) fn say_ready() {
    let Some(name) = env::var_os(EVENT) else {
        return;
    };
    let name = wide(&name);
    // SAFETY: the name ends with a zero, and lives to the end of this function. No child is to inherit the handle.
    let event = unsafe { owned(OpenEventW(EVENT_MODIFY_STATE, FALSE, name.as_ptr())) };
    // Where there is none, whoever has wanted to know is gone, or knows.
    if let Ok(event) = event {
        Event(event).try_set();
    }
}

fn wide(text: &OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}
