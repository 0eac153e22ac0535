//! Other languages' runtimes in the process, each behind a small library of C's or its own.

use std::ffi::{CString, c_char, c_void};
use std::mem::transmute;

use nix::libc::{RTLD_GLOBAL, RTLD_NOW, dlopen, dlsym};

use super::option;

/// Loads the library that the option of this name tells, and has it begin: `name=library|argument`.
pub(crate) fn begin(name: &str) {
    let (library, argument) = option(name)
        .and_then(|told| told.split_once('|'))
        .expect("its option says what to load");
    let library = CString::new(library).expect("a path");
    let argument = CString::new(argument).expect("a text");
    #[allow(unsafe_code, reason = "there is no safe way to load a library")]
    // SAFETY: the path and the name are C strings. Each library of `tests/runtimes` has this function, which takes a C
    // string that it does not keep, but for the virtual machine, which keeps it: so it is leaked.
    unsafe {
        let loaded: *mut c_void = dlopen(library.as_ptr(), RTLD_NOW | RTLD_GLOBAL);
        assert!(!loaded.is_null(), "{library:?} can be loaded");
        let begin: *mut c_void = dlsym(loaded, c"begin".as_ptr());
        assert!(!begin.is_null(), "{library:?} has the function");
        let begin: extern "C" fn(*const c_char) = transmute(begin);
        begin(argument.into_raw());
    }
}
