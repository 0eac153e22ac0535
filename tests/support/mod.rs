//! What the tests of the rows and of the examples share: how aplomb speaks, and how long its debounce is.

mod debounce;
mod output_ext;
mod presses;
mod requirements;

pub use debounce::{DEBOUNCE, pause_past_debounce};
pub use output_ext::OutputExt;
pub use presses::two_presses;
pub use requirements::{available, print_uncaptured};

use std::time::Duration;

/// How long a test looks whether something happens that must not.
pub const A_WHILE: Duration = Duration::from_millis(200);

/// Whether destructors of thread-local values of the thread that leaves are called at the exit. The standard library has the C library
/// do that, which that of glibc can unless it is static, and musl cannot.
pub const THREAD_LOCALS_END_AT_EXIT: bool =
    !cfg!(any(target_env = "musl", target_feature = "crt-static"));

/// How an app speaks of the test as the sender of a signal.
#[cfg(unix)]
pub fn from_us() -> String {
    format!(
        "from pid {} (uid {})",
        nix::unistd::getpid(),
        nix::unistd::getuid()
    )
}
