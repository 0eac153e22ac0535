//! Variables of this process alone, which children are not to have: `environ(7)`.

use std::env;
use std::ffi::OsString;

use super::task::has_one_thread;

/// Reads these variables of the environment, and removes them where no other thread can read it meanwhile.
pub(crate) fn take_variables<const N: usize>(names: [&str; N]) -> [Option<OsString>; N] {
    let is_alone = has_one_thread();
    names.map(|name| {
        let value = env::var_os(name)?;
        if is_alone {
            // SAFETY: this is the only thread of the process, so none looks at the environment meanwhile. A signal
            // handler may run here, but may not look at it either: `getenv(3)` is not among the functions of
            // `signal-safety(7)`.
            unsafe { env::remove_var(name) };
        }
        Some(value)
    })
}
