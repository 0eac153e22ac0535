//! The modes of the console, which outlive the program that has changed them: `GetConsoleMode`.
//!
//! A program that reads a password turns the echo off, and one that draws on the whole screen takes each key as it is
//! typed. The modes are remembered when an app begins, and set back at its end, also where an event of the console ends
//! the process.
//!
//! There is no foreground that would have to be asked for: a console is its programs', all the same.

use std::fs::{File, OpenOptions};
use std::os::windows::io::AsRawHandle;
use std::sync::Mutex;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Console::{CONSOLE_MODE, GetConsoleMode, SetConsoleMode};

use crate::sync::lock;

/// The console's input and its output, whichever streams are redirected. These are opened anew at each look: the
/// program may have closed or replaced its streams.
const NAMES: [&str; 2] = ["CONIN$", "CONOUT$"];

type Modes = [Option<CONSOLE_MODE>; NAMES.len()];

/// The modes that were there when the app began that is live. The lock is held while they are set back, so that nobody
/// takes them away meanwhile.
static REMEMBERED: Mutex<Option<Modes>> = Mutex::new(None);

/// The first modes of the console, which has them again when this value is dropped.
#[derive(Debug)]
pub(crate) struct FirstModes(());

impl FirstModes {
    /// Remembers the modes of the process's console. Returns `None` where there is no console.
    ///
    /// There is one such value at a time, since there is one app at a time.
    pub(crate) fn remember() -> Option<Self> {
        let modes = NAMES.map(|name| mode_of(open(name)?.as_raw_handle()));
        modes.iter().any(Option::is_some).then(|| {
            // The lock orders this before whoever sets them back.
            *lock(&REMEMBERED) = Some(modes);
            FirstModes(())
        })
    }
}

impl Drop for FirstModes {
    fn drop(&mut self) {
        restore_modes();
        // The lock is taken once more, after they were set back.
        *lock(&REMEMBERED) = None;
    }
}

/// Gives the console the modes back that it had when the app began. Where nothing is remembered this does nothing.
pub(crate) fn restore_modes() {
    // The lock is held meanwhile: see `REMEMBERED`.
    let Some(modes) = *lock(&REMEMBERED) else {
        return;
    };
    for (name, mode) in NAMES.into_iter().zip(modes) {
        if let (Some(console), Some(mode)) = (open(name), mode) {
            // SAFETY: takes an open handle, and the modes that the system has given us for it.
            unsafe { SetConsoleMode(console.as_raw_handle(), mode) };
        }
    }
}

fn open(name: &str) -> Option<File> {
    OpenOptions::new().read(true).write(true).open(name).ok()
}

/// Returns the modes of a console, or `None` for a handle of something else.
pub(super) fn mode_of(console: HANDLE) -> Option<CONSOLE_MODE> {
    let mut mode = 0;
    // SAFETY: the pointer is valid for writing the modes, and an error is all that comes of another handle.
    let known = unsafe { GetConsoleMode(console, &raw mut mode) };
    (known != 0).then_some(mode)
}
