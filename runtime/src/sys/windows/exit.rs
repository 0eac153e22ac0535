//! The ways to leave the process: C's `exit` with its functions of `atexit`, `TerminateProcess`, and the status by which the system
//! ends a program at Ctrl-C.
//!
//! `std::process::exit` does not call C's `exit` here, as a return from `main` does, but `ExitProcess`, which first ends all other
//! threads wherever they are: too late to wait for a shield, or for a function of `at_exit`. So the standard library's import of
//! `ExitProcess` leads to a function of ours, which calls C's `exit`. When that is done it calls the real one. Where the import is not
//! found, as in a program whose standard library is a DLL, `std::process::exit` stays as it is.

use std::ffi::{CStr, c_int, c_void};
use std::process::abort;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicPtr, AtomicU32, Ordering};
use std::{io, mem, ptr, thread};

use windows_sys::Win32::Foundation::{HMODULE, STATUS_CONTROL_C_EXIT};
use windows_sys::Win32::System::LibraryLoader::{
    GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
    GetModuleHandleExW,
};
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

/// Ends the process as the system ends it at Ctrl-C where nobody handles that, so that a shell sees it: `STATUS_CONTROL_C_EXIT`. That is
/// the status for Ctrl-Break and for the end of the console as well. This runs nothing and flushes nothing. The console gets its first
/// modes back, if they are remembered.
pub(crate) fn die_by(_: i32) -> ! {
    exit_now(STATUS_CONTROL_C_EXIT)
}

/// Ends the process as [`die_by`] does: that is the default action of all three signals.
pub(crate) fn end_by_default_action(signal: i32) {
    die_by(signal)
}

/// Ends the process with that status. This runs nothing and flushes nothing. The console gets its first modes back, if they are
/// remembered.
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

/// Has a function called when the process exits by C's `exit`, as it does when `main` returns, and in `std::process::exit`;
/// functions that are registered later are called before it.
///
/// While C calls the functions it holds a lock for which this would wait. So from then on nothing is registered, and this is
/// no error: nobody would call it.
///
/// # Errors
///
/// When there is no memory to remember it in.
pub(crate) fn at_exit(hook: extern "C" fn()) -> io::Result<()> {
    // Relaxed: a guess. If the exit begins right after it, the call below waits for the end of the process, as in any program.
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

/// Has [`call_with_status`] called as [`at_exit`] does, with the code of `std::process::exit`. Where `main` returns nobody tells its code.
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

/// Here C has called all functions that were registered after ours. No thread has this number: they are multiples of four.
const DONE: u32 = u32::MAX;

/// The code of `std::process::exit`, by which that thread came there, or [`UNKNOWN`].
static CODE: AtomicI64 = AtomicI64::new(UNKNOWN);

const UNKNOWN: i64 = i64::MAX;

/// The real `ExitProcess`.
static EXIT_PROCESS: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// What the standard library calls in the place of `ExitProcess`: as on the other systems, one thread exits, the others stop here, and
/// who exits once more in an exit function aborts.
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
        // Acquire: what this is was stored before this function could be called.
        Err(DONE) => match EXIT_PROCESS.load(Ordering::Acquire) {
            real if real.is_null() => exit_now(code),
            // SAFETY: `redirect_exit` has found it where such a function stands.
            real => unsafe { mem::transmute::<*mut (), ExitProcess>(real)(code) },
        },
        Err(thread) if thread == this => abort(),
        Err(_) => loop {
            thread::park();
        },
    }
}

/// The number is unsigned there, which is the same to whoever calls it.
type ExitProcess = unsafe extern "system" fn(i32) -> !;

/// Called by C's `exit` before our other functions, also where `main` has returned, or C code has called it.
extern "C" fn note_exit() {
    // SAFETY: takes nothing.
    let this = unsafe { GetCurrentThreadId() };
    // Relaxed: C has one thread at a time call its functions.
    if EXITS.swap(this, Ordering::Relaxed) != this {
        CODE.store(UNKNOWN, Ordering::Relaxed);
    }
}

/// Called by C's `exit` after our other functions. From here on `ExitProcess` is the real one: C's `exit` ends by it, where C is
/// linked into the program.
extern "C" fn note_done() {
    // Relaxed: this thread alone asks for more than whether somebody exits.
    EXITS.store(DONE, Ordering::Relaxed);
}

/// Has the standard library call [`exit_process`], once in a process.
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
        for import in imports_of_exit_process() {
            // Release: whoever calls our function finds the real one, which is stored before ours is put in place.
            // SAFETY: such a place is aligned and as long as the module is loaded, which has the code that calls this.
            EXIT_PROCESS.store(unsafe { import.read() }.cast_mut(), Ordering::Release);
            replace(import, (exit_process as ExitProcess) as *const ());
        }
        *is_done = true;
    }
    Ok(())
}

/// Writes to a place of an import table, which is read-only as a rule. Where the system refuses that, it stays as it is.
fn replace(import: *mut *const (), function: *const ()) {
    const CODE: u32 = PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE;
    let mut page = MEMORY_BASIC_INFORMATION::default();
    let mut before = 0;
    // SAFETY: the first call writes to `page`, as much as fits. The second one makes the memory of the place writable, and leaves it
    // executable where it is: a linker may put the table beside code that runs meanwhile. Other threads read the place at the same time,
    // so it is written in one step, by an atomic. The last call makes the memory what it was.
    unsafe {
        let place = import.cast::<c_void>();
        VirtualQuery(place, &raw mut page, size_of::<MEMORY_BASIC_INFORMATION>());
        let writable = if page.Protect & CODE == 0 {
            PAGE_READWRITE
        } else {
            PAGE_EXECUTE_READWRITE
        };
        let size = size_of::<*const ()>();
        if VirtualProtect(place, size, writable, &raw mut before) != 0 {
            // Release: see `redirect_exit`.
            AtomicPtr::from_ptr(import.cast()).store(function.cast_mut(), Ordering::Release);
            VirtualProtect(place, size, before, &raw mut before);
        }
    }
}

/// Returns where the module that has `std::process::exit` keeps the address of `ExitProcess`. That may be in more than one place, or in
/// none.
fn imports_of_exit_process() -> Vec<*mut *const ()> {
    let how = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    let within = std::process::exit as fn(i32) -> ! as *const u16;
    let mut module: HMODULE = ptr::null_mut();
    // SAFETY: the pointer is valid for writing a handle. The address is looked up, and nothing is read there.
    if unsafe { GetModuleHandleExW(how, within, &raw mut module) } == 0 {
        return Vec::new();
    }
    // SAFETY: a module's handle is the address of its image, which stays: this code, or the standard library's, is in it.
    unsafe { imports_of(module.cast(), c"ExitProcess") }
}

/// Returns where an image keeps the addresses of functions with that name, whichever DLL they are from.
///
/// # Safety
///
/// `image` has to be an image that the system has loaded.
unsafe fn imports_of(image: *mut u8, name: &CStr) -> Vec<*mut *const ()> {
    // Offsets, from "PE Format": where the headers begin; in these, where the optional header's list of tables begins, after
    // fields of which some are as large as a pointer; the second of these tables.
    const HEADERS: usize = 0x3c;
    const TABLES: usize = if cfg!(target_pointer_width = "64") {
        24 + 112
    } else {
        24 + 96
    };
    const IMPORTS: usize = TABLES + 8;
    // Of a DLL in that table: its names, its own name, its addresses, and its size.
    const NAMES: usize = 0;
    const DLL: usize = 12;
    const ADDRESSES: usize = 16;
    const SIZE: usize = 20;
    // A function without a name has a number, and this bit.
    const NUMBERED: usize = 1 << (usize::BITS - 1);
    // SAFETY: the loader has read the same by the same format, so these are numbers within the image.
    let read = |at: usize| unsafe { image.add(at).cast::<u32>().read_unaligned() as usize };
    let mut found = Vec::new();
    let mut dll = read(read(HEADERS) + IMPORTS);
    // Without a table of names there are the addresses alone.
    while dll != 0 && read(dll + DLL) != 0 {
        let (mut names, mut addresses) = (read(dll + NAMES), read(dll + ADDRESSES));
        while names != 0 {
            // SAFETY: as above. A list of names ends with 0, and a name, behind its two bytes of a hint, with a 0 byte.
            let (entry, is_it) = unsafe {
                let entry = image.add(names).cast::<usize>().read_unaligned();
                let is_named = entry != 0 && entry & NUMBERED == 0;
                let is_it = is_named && CStr::from_ptr(image.add(entry + 2).cast()) == name;
                (entry, is_it)
            };
            if entry == 0 {
                break;
            }
            if is_it {
                // SAFETY: as above: there is an address for each name.
                found.push(unsafe { image.add(addresses) }.cast());
            }
            names += size_of::<usize>();
            addresses += size_of::<usize>();
        }
        dll += SIZE;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_import_of_exit_process_is_found_and_replaced() {
        let found = imports_of_exit_process();
        assert!(!found.is_empty());
        redirect_exit().expect("memory");
        for import in found {
            // SAFETY: such a place stays.
            assert_eq!(
                unsafe { import.read() },
                exit_process as ExitProcess as *const ()
            );
        }
        assert!(!EXIT_PROCESS.load(Ordering::SeqCst).is_null());
    }

    #[test]
    fn a_function_that_no_image_has_is_not_found() {
        let mut module: HMODULE = ptr::null_mut();
        // SAFETY: as in `imports_of_exit_process`.
        let found = unsafe {
            GetModuleHandleExW(0, ptr::null(), &raw mut module);
            imports_of(module.cast(), c"NobodyHasThis")
        };
        assert!(found.is_empty());
    }
}
