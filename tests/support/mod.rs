//! What the tests of the rows and of the examples share: how aplomb speaks, and how long its debounce is.

mod debounce;
#[cfg(target_os = "linux")]
mod manager;
mod output_ext;
mod presses;
mod requirements;

pub use debounce::{DEBOUNCE, pause_past_debounce};
#[cfg(target_os = "linux")]
pub use manager::Manager;
pub use output_ext::OutputExt;
pub use presses::two_presses;
pub use requirements::{available, print_uncaptured};

use std::time::Duration;

use aplomb_testing::Signal;

/// How long a test looks whether something happens that must not.
pub const A_WHILE: Duration = Duration::from_millis(200);

/// Whether destructors of thread-local values of the thread that leaves are called at the exit. The standard library
/// has the C library do that, which that of glibc can unless it is static, and musl cannot.
pub const THREAD_LOCALS_END_AT_EXIT: bool =
    !cfg!(any(target_env = "musl", target_feature = "crt-static"));

/// How long it takes to send a signal. On Windows a program is started for that.
pub const SENDING: Duration = Duration::from_secs(if cfg!(windows) { 2 } else { 0 });

/// How an app speaks of a signal that the test has sent. On Windows nobody knows the sender.
pub fn from_us(signal: Signal) -> String {
    #[cfg(unix)]
    let sender = format!(
        " from pid {} (uid {})",
        nix::unistd::getpid(),
        nix::unistd::getuid()
    );
    #[cfg(windows)]
    let sender = "";
    format!("{signal}{sender}")
}
