//! The events of a console. Who sends one has to be on that console itself, and a process is on one alone: so a helper
//! program does it.

use std::ffi::OsString;
use std::io;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::os::windows::process::CommandExt;
use std::process::{Command, ExitCode};
use std::{env, mem, ptr};

use windows_sys::Win32::System::Console::{
    AttachConsole, FreeConsole, GenerateConsoleCtrlEvent, SetConsoleCtrlHandler,
};
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::Threading::{
    CreateRemoteThread, DETACHED_PROCESS, INFINITE, OpenProcess, PROCESS_ALL_ACCESS,
    WaitForSingleObject,
};
use windows_sys::core::BOOL;
use windows_sys::w;

use super::{Signal, capability, window};

/// The words for what a helper does.
pub(super) const SEND: &str = "send";
pub(super) const IGNORE: &str = "ignore";

/// The program whose `main` is [`console_helper`]: the one that is called `console` of the package whose tests these
/// are.
pub(super) fn helper() -> OsString {
    let helper = env::var_os("CARGO_BIN_EXE_console");
    helper.expect("cargo tells its tests where the programs of their package are")
}

/// Makes a command that starts without a console, so that it can take part in another one.
pub(super) fn detached(command: &mut Command) -> &mut Command {
    command.creation_flags(DETACHED_PROCESS)
}

fn check(result: BOOL, call: &str) -> io::Result<()> {
    if result == 0 {
        let error = io::Error::last_os_error();
        return Err(io::Error::new(error.kind(), format!("{call}: {error}")));
    }
    Ok(())
}

/// Has what is started from now on hear of Ctrl-C, also where this process was started without.
pub(super) fn hear_ctrl_c() {
    #[allow(unsafe_code, reason = "the standard library knows nothing of consoles")]
    // SAFETY: without a routine, this changes what children inherit, and nothing else.
    unsafe {
        SetConsoleCtrlHandler(None, 0);
    }
}

/// Goes on as if nothing had come: the event is for the others.
extern "system" fn go_on(_: u32) -> BOOL {
    1
}

/// Sends the event to all on the console that the first of these processes is on.
fn send(pids: &[u32], signal: Signal) -> io::Result<()> {
    if signal == Signal::SIGHUP || signal == Signal::SIGTERM && capability::is_wine() {
        begin_routine(pids[0], signal)?;
        for &other in &pids[1..] {
            // The others may have ended by now.
            let _ = begin_routine(other, signal);
        }
        return Ok(());
    }
    #[allow(unsafe_code, reason = "the standard library knows nothing of consoles")]
    // SAFETY: these take numbers, and a routine that is there as long as the process is.
    unsafe {
        FreeConsole();
        check(AttachConsole(pids[0]), "AttachConsole")?;
        check(
            SetConsoleCtrlHandler(Some(go_on), 1),
            "SetConsoleCtrlHandler",
        )?;
        check(
            GenerateConsoleCtrlEvent(signal.event(), 0),
            "GenerateConsoleCtrlEvent",
        )
    }
}

/// Has the event arrive in the way in which consoles of Windows do it: by a thread in the process, which begins with
/// this routine. Nobody can send the end of a console, and Wine's own consoles send Ctrl-C alone.
fn begin_routine(pid: u32, signal: Signal) -> io::Result<()> {
    type Routine = unsafe extern "system" fn(*mut std::ffi::c_void) -> u32;
    #[allow(unsafe_code, reason = "the standard library knows nothing of consoles")]
    // SAFETY: the names are null-terminated. The library is at the same place in each process, and the routine takes
    // the event's number in place of a pointer. The handles are new ones, or null.
    unsafe {
        let library = GetModuleHandleW(w!("kernelbase.dll"));
        let routine = GetProcAddress(library, c"CtrlRoutine".as_ptr().cast());
        let routine = routine.ok_or_else(io::Error::last_os_error)?;
        let routine = mem::transmute::<unsafe extern "system" fn() -> isize, Routine>(routine);
        let process = OpenProcess(PROCESS_ALL_ACCESS, 0, pid);
        check(BOOL::from(!process.is_null()), "OpenProcess")?;
        let process = OwnedHandle::from_raw_handle(process);
        let thread = CreateRemoteThread(
            process.as_raw_handle(),
            ptr::null(),
            0,
            Some(routine),
            ptr::without_provenance_mut(signal.event() as usize),
            0,
            ptr::null_mut(),
        );
        check(BOOL::from(!thread.is_null()), "CreateRemoteThread")?;
        drop(OwnedHandle::from_raw_handle(thread));
    }
    Ok(())
}

/// Starts the rest of the words as a program that has Ctrl-C ignored, and ends as that does.
fn ignore(words: &[String]) -> io::Result<u32> {
    #[allow(unsafe_code, reason = "the standard library knows nothing of consoles")]
    // SAFETY: without a routine, this changes what this process and its children ignore, and nothing else. The other
    // one is there as long as the process is, and is for this process alone, which lives as long as the program.
    unsafe {
        check(SetConsoleCtrlHandler(None, 1), "SetConsoleCtrlHandler")?;
        check(
            SetConsoleCtrlHandler(Some(go_on), 1),
            "SetConsoleCtrlHandler",
        )?;
    }
    let status = Command::new(&words[0]).args(&words[1..]).status()?;
    #[expect(clippy::cast_sign_loss, reason = "codes are unsigned on Windows")]
    Ok(status.code().expect("each program has a code there") as u32)
}

/// What the `main` of a helper program does, as its arguments say: [`Child`](crate::Child) and
/// [`Command`](crate::Command) start it.
///
/// # Panics
///
/// When the arguments are not theirs.
#[must_use]
pub fn console_helper() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let done = match words[0].as_str() {
        SEND => {
            let signal = Signal::of_name(&words[1]);
            let pids = words[2..].iter().map(|pid| pid.parse().expect("a number"));
            send(&pids.collect::<Vec<_>>(), signal.expect("a signal")).map(|()| 0)
        }
        IGNORE => ignore(&words[1..]),
        window::WINDOW => window::run(&words[1..]),
        other => panic!("no such word: {other}"),
    };
    match done {
        Ok(0) => ExitCode::SUCCESS,
        #[expect(
            clippy::cast_possible_wrap,
            reason = "the standard library has codes signed"
        )]
        Ok(code) => std::process::exit(code as i32),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Waits until what the handle stands for is signalled: a process that has ended, an event that was set.
pub fn wait_for(handle: BorrowedHandle<'_>) {
    #[allow(
        unsafe_code,
        reason = "the standard library waits for a child of its own alone"
    )]
    // SAFETY: the handle is open.
    unsafe {
        WaitForSingleObject(handle.as_raw_handle(), INFINITE);
    }
}
