//! The ways to leave the process: C's `exit` with its functions of `atexit`, `TerminateProcess`, and the status by
//! which the system ends a program at Ctrl-C.
//!
//! `std::process::exit` does not call C's `exit` here, as a return from `main` does, but `ExitProcess`, which first
//! ends all other threads wherever they are: too late to wait for a shield, or for a function of `at_exit`. So the
//! program's import of `ExitProcess` leads to a function of ours, which calls C's `exit`. When that is done it calls
//! the real one. A standard library that is a DLL has an import of its own, and there `std::process::exit` stays as it
//! is.

use std::ffi::{c_int, c_void};
use std::process::abort;
use std::sync::atomic::{AtomicI64, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::{io, ptr, thread};

use windows_sys::Win32::Foundation::STATUS_CONTROL_C_EXIT;
use windows_sys::Win32::System::Memory::{
    MEMORY_BASIC_INFORMATION, PAGE_EXECUTE, PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE,
    PAGE_READWRITE, VirtualProtect, VirtualQuery,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetCurrentThreadId, TerminateProcess,
};

use super::modes::restore_modes;
use crate::sync::lock;
use crate::sys::at_exit::call_with_status;

unsafe extern "C" {
    fn atexit(function: extern "C" fn()) -> c_int;
    fn exit(code: c_int) -> !;
    fn fflush(stream: *mut c_void) -> c_int;
}

/// The number is unsigned there, which is the same to whoever calls it.
type ExitProcess = unsafe extern "system" fn(i32) -> !;

unsafe extern "C" {
    /// The place in the program's import table from which all calls of `ExitProcess` take its address: the linker names
    /// it so.
    #[cfg_attr(not(target_arch = "x86"), link_name = "__imp_ExitProcess")]
    #[cfg_attr(target_arch = "x86", link_name = "_imp__ExitProcess@4")]
    static mut IMPORT: ExitProcess;
}

/// Ends the process as the system ends it at Ctrl-C where nobody handles that, so that a shell sees it:
/// `STATUS_CONTROL_C_EXIT`. That is the status for Ctrl-Break and for the end of the console as well. This runs nothing
/// and flushes nothing. The console gets its first modes back, if they are remembered.
pub(crate) fn die_by(_: i32) -> ! {
    exit_now(STATUS_CONTROL_C_EXIT)
}

/// Ends the process as [`die_by`] does: that is the default action of all three signals.
pub(crate) fn end_by_default_action(signal: i32) {
    die_by(signal)
}

/// Ends the process with that status. This runs nothing and flushes nothing. The console gets its first modes back, if
/// they are remembered.
pub(crate) fn exit_now(status: i32) -> ! {
    restore_modes();
    loop {
        // SAFETY: takes the handle that means this process, and a number.
        unsafe {
            TerminateProcess(
                GetCurrentProcess(),
                u32::from_ne_bytes(status.to_ne_bytes()),
            )
        };
    }
}

/// Has a function called when the process exits by C's `exit`, as it does when `main` returns, and in
/// `std::process::exit`; functions that are registered later are called before it.
///
/// While C calls the functions it holds a lock for which this would wait. So from then on nothing is registered, and
/// this is no error: nobody would call it.
///
/// # Errors
///
/// When there is no memory to remember it in.
pub(crate) fn at_exit(hook: extern "C" fn()) -> io::Result<()> {
    // Relaxed: a guess. If the exit begins right after it, the call below waits for the end of the process, as in any
    // program.
    if EXITS.load(Ordering::Relaxed) != NOBODY {
        return Ok(());
    }
    redirect_exit()?;
    // The note is registered after the hook, so that it is called before it.
    register(hook)?;
    register(note_exit)
}

fn register(function: extern "C" fn()) -> io::Result<()> {
    // SAFETY: a plain function without captures; it may be called from any thread.
    if unsafe { atexit(function) } == 0 {
        Ok(())
    } else {
        Err(io::ErrorKind::OutOfMemory.into())
    }
}

/// Has [`call_with_status`] called as [`at_exit`] does, with the code of `std::process::exit`. Where `main` returns
/// nobody tells its code.
///
/// # Errors
///
/// Those of [`at_exit`].
pub(in crate::sys) fn register_with_status() -> io::Result<()> {
    extern "C" fn call() {
        // Relaxed: the thread that exits has stored it.
        let code = CODE.load(Ordering::Relaxed);
        call_with_status(i32::try_from(code).ok());
    }
    at_exit(call)
}

/// Writes out what C code has in its buffered streams.
pub(in crate::sys) fn flush_all_c_streams() {
    // SAFETY: a null stream means all of them.
    unsafe { fflush(ptr::null_mut()) };
}

/// The thread that is in C's `exit`, by its number, which is never 0.
static EXITS: AtomicU32 = AtomicU32::new(NOBODY);

const NOBODY: u32 = 0;

/// Here C has called all functions that were registered after ours. No thread has this number: they are multiples of
/// four.
const DONE: u32 = u32::MAX;

/// The code of `std::process::exit`, by which that thread came there, or [`UNKNOWN`].
static CODE: AtomicI64 = AtomicI64::new(UNKNOWN);

const UNKNOWN: i64 = i64::MAX;

/// The real `ExitProcess`, once the import is changed.
static EXIT_PROCESS: OnceLock<ExitProcess> = OnceLock::new();

/// What the standard library calls in the place of `ExitProcess`: as on the other systems, one thread exits, the others
/// stop here, and who exits once more in an exit function aborts.
unsafe extern "system" fn exit_process(code: i32) -> ! {
    // SAFETY: takes nothing.
    let this = unsafe { GetCurrentThreadId() };
    // Relaxed, in this function: the exchange alone has one thread come first, and the rest is that thread's.
    match EXITS.compare_exchange(NOBODY, this, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => {
            CODE.store(code.into(), Ordering::Relaxed);
            // SAFETY: the functions of `atexit` may be called on any thread, and C has one thread at a time call them.
            unsafe { exit(code) }
        }
        Err(DONE) => match EXIT_PROCESS.get() {
            // SAFETY: takes a number.
            Some(real) => unsafe { real(code) },
            None => exit_now(code),
        },
        Err(thread) if thread == this => abort(),
        Err(_) => loop {
            thread::park();
        },
    }
}

/// Called by C's `exit` before our other functions, also where `main` has returned, or C code has called it.
extern "C" fn note_exit() {
    // SAFETY: takes nothing.
    let this = unsafe { GetCurrentThreadId() };
    // Relaxed: C has one thread at a time call its functions.
    if EXITS.swap(this, Ordering::Relaxed) != this {
        CODE.store(UNKNOWN, Ordering::Relaxed);
    }
}

/// Called by C's `exit` after our other functions. From here on `ExitProcess` is the real one: C's `exit` ends by it,
/// where C is linked into the program.
extern "C" fn note_done() {
    // Relaxed: this thread alone asks for more than whether somebody exits.
    EXITS.store(DONE, Ordering::Relaxed);
}

/// Has the program call [`exit_process`], once.
///
/// # Errors
///
/// Those of [`at_exit`].
fn redirect_exit() -> io::Result<()> {
    static IS_DONE: Mutex<bool> = Mutex::new(false);
    // The lock is held until the end, so that the second thread finds it done.
    let mut is_done = lock(&IS_DONE);
    if !*is_done {
        register(note_done)?;
        // Whoever calls our function finds the real one, since that is stored before ours is put in place.
        // SAFETY: the system has put the real one there, and nobody but this function, once, writes to the place.
        EXIT_PROCESS.get_or_init(|| unsafe { (&raw const IMPORT).read() });
        replace_import(exit_process);
        *is_done = true;
    }
    Ok(())
}

/// Writes to the place in the import table, which is read-only as a rule. Where the system refuses that, it stays as it
/// is.
fn replace_import(function: ExitProcess) {
    const CODE: u32 = PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE;
    let mut page = MEMORY_BASIC_INFORMATION::default();
    let mut before = 0;
    // SAFETY: the first call writes to `page`, as much as fits. The second one makes the memory of the place writable,
    // and leaves it executable where it is: a linker may put the table beside code that runs meanwhile. Other threads
    // read the place at the same time, so it is written in one step, by an atomic. The last call makes the memory what
    // it was.
    unsafe {
        let place = (&raw mut IMPORT).cast::<c_void>();
        VirtualQuery(place, &raw mut page, size_of_val(&page));
        let writable = if page.Protect & CODE == 0 {
            PAGE_READWRITE
        } else {
            PAGE_EXECUTE_READWRITE
        };
        let size = size_of::<ExitProcess>();
        if VirtualProtect(place, size, writable, &raw mut before) != 0 {
            // Release: see `redirect_exit`.
            AtomicPtr::from_ptr(place.cast()).store(function as *mut (), Ordering::Release);
            VirtualProtect(place, size, before, &raw mut before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_import_of_exit_process_is_replaced() {
        redirect_exit().expect("memory");
        // SAFETY: nobody writes to the place any more.
        let import = unsafe { (&raw const IMPORT).read() };
        assert_eq!(
            import as *const (),
            exit_process as ExitProcess as *const ()
        );
        let real = EXIT_PROCESS.get().expect("the import was changed");
        assert_ne!(*real as *const (), import as *const ());
    }
}
