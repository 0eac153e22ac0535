//! A window with a program in it, which can be closed: a pseudo console.

use std::ffi::c_void;
use std::io::{self, Read};
use std::mem::size_of;
use std::os::windows::io::{AsHandle, AsRawHandle, FromRawHandle, OwnedHandle};
use std::{ptr, thread};

use windows_sys::Win32::Foundation::{HANDLE, HANDLE_FLAG_INHERIT, SetHandleInformation};
use windows_sys::Win32::System::Console::{
    COORD, ClosePseudoConsole, CreatePseudoConsole, GetStdHandle, HPCON, STD_ERROR_HANDLE,
    STD_OUTPUT_HANDLE,
};
use windows_sys::Win32::System::Threading::{
    CreateProcessW, EXTENDED_STARTUPINFO_PRESENT, GetExitCodeProcess,
    InitializeProcThreadAttributeList, LPPROC_THREAD_ATTRIBUTE_LIST,
    PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE, PROCESS_INFORMATION, STARTF_USESTDHANDLES, STARTUPINFOEXW,
    UpdateProcThreadAttribute,
};

use super::console::wait_for;

/// The word for what a helper does.
pub(super) const WINDOW: &str = "window";

/// The line that closes the window.
pub(super) const CLOSE: &str = "close";

fn last_error(call: &str) -> io::Error {
    let error = io::Error::last_os_error();
    io::Error::new(error.kind(), format!("{call}: {error}"))
}

/// Starts these words as a program in a new window, with the standard output and error of this process and without
/// input. Closes the window at the first line of this process's own input, and returns the program's code when it has
/// ended.
pub(super) fn run(words: &[String]) -> io::Result<u32> {
    // What the console reads keys from, and what it draws to. No key is typed, and nobody looks.
    let (keys, _typing) = io::pipe()?;
    let (mut screen, drawing) = io::pipe()?;
    let mut console: HPCON = 0;
    #[allow(unsafe_code, reason = "the standard library knows nothing of consoles")]
    // SAFETY: the handles are open until the call has returned, which makes copies, and the console is written to one
    // place.
    let made = unsafe {
        CreatePseudoConsole(
            COORD { X: 100, Y: 30 },
            keys.as_raw_handle(),
            drawing.as_raw_handle(),
            0,
            &raw mut console,
        )
    };
    if made < 0 {
        return Err(io::Error::from_raw_os_error(made));
    }
    drop((keys, drawing));
    let draws = thread::spawn(move || drop(io::copy(&mut screen, &mut io::sink())));
    let process = start(words, console)?;
    thread::spawn(move || {
        let mut line = [0; CLOSE.len()];
        if io::stdin().read_exact(&mut line).is_ok() {
            #[allow(unsafe_code, reason = "the standard library knows nothing of consoles")]
            // SAFETY: nobody else uses it any more.
            unsafe {
                ClosePseudoConsole(console);
            }
        }
    });
    wait_for(process.as_handle());
    let mut code = 0;
    #[allow(
        unsafe_code,
        reason = "the process was not started by the standard library"
    )]
    // SAFETY: the handle is open, and the code is written to one place.
    let asked = unsafe { GetExitCodeProcess(process.as_raw_handle(), &raw mut code) };
    if asked == 0 {
        return Err(last_error("GetExitCodeProcess"));
    }
    // What it draws ends with the console, which ends with this process at the latest.
    drop(draws);
    Ok(code)
}

/// One argument as Windows programs take a line apart. The tests need no more than words without quotes.
fn quoted(word: &str) -> String {
    assert!(!word.contains('"') && !word.ends_with('\\'), "{word:?}");
    format!("\"{word}\"")
}

#[allow(
    unsafe_code,
    reason = "the standard library has no start in a pseudo console"
)]
fn start(words: &[String], console: HPCON) -> io::Result<OwnedHandle> {
    let line: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    let mut line: Vec<u16> = line.join(" ").encode_utf16().chain([0]).collect();
    let mut length = 0;
    // SAFETY: without a list, the call tells how long one is.
    unsafe {
        InitializeProcThreadAttributeList(ptr::null_mut(), 1, 0, &raw mut length);
    }
    // Of words, so that it is aligned as any of what is put into it.
    let mut list = vec![0_usize; length.div_ceil(size_of::<usize>())];
    let list: LPPROC_THREAD_ATTRIBUTE_LIST = list.as_mut_ptr().cast();
    // SAFETY: the list is as long as was asked for, and lives until the process has been started. The attribute is the
    // console itself, as its documentation wants it.
    unsafe {
        if InitializeProcThreadAttributeList(list, 1, 0, &raw mut length) == 0
            || UpdateProcThreadAttribute(
                list,
                0,
                PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE as usize,
                ptr::with_exposed_provenance::<c_void>(console.cast_unsigned()),
                size_of::<HPCON>(),
                ptr::null_mut(),
                ptr::null(),
            ) == 0
        {
            return Err(last_error("UpdateProcThreadAttribute"));
        }
    }
    let mut startup = STARTUPINFOEXW::default();
    startup.StartupInfo.cb = u32::try_from(size_of::<STARTUPINFOEXW>()).expect("it is small");
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.lpAttributeList = list;
    // SAFETY: the handles are those of this process, which keeps them open.
    let inherited = |which| unsafe {
        let handle: HANDLE = GetStdHandle(which);
        SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
        handle
    };
    startup.StartupInfo.hStdOutput = inherited(STD_OUTPUT_HANDLE);
    startup.StartupInfo.hStdError = inherited(STD_ERROR_HANDLE);
    let mut started = PROCESS_INFORMATION::default();
    // SAFETY: the line is null-terminated and ours to be changed; the rest is as above. What is returned are two new
    // handles.
    unsafe {
        let created = CreateProcessW(
            ptr::null(),
            line.as_mut_ptr(),
            ptr::null(),
            ptr::null(),
            1,
            EXTENDED_STARTUPINFO_PRESENT,
            ptr::null(),
            ptr::null(),
            &raw const startup.StartupInfo,
            &raw mut started,
        );
        if created == 0 {
            return Err(last_error("CreateProcessW"));
        }
        drop(OwnedHandle::from_raw_handle(started.hThread));
        Ok(OwnedHandle::from_raw_handle(started.hProcess))
    }
}
