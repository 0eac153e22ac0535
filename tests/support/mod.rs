//! What the tests of the rows and of the examples share: how aplomb speaks, and how long its debounce is.

mod debounce;
mod output_ext;
mod presses;
mod requirements;

pub use debounce::{DEBOUNCE, pause_past_debounce};
pub use output_ext::OutputExt;
pub use presses::two_presses;
#[cfg(any(target_os = "linux", windows))]
pub use requirements::available;
pub use requirements::print_uncaptured;

use std::time::Duration;

/// How long a test looks whether something happens that must not.
pub const A_WHILE: Duration = Duration::from_millis(200);

/// How an app speaks of the test as the sender of a signal.
#[cfg(unix)]
pub fn from_us() -> String {
    format!(
        "from pid {} (uid {})",
        nix::unistd::getpid(),
        nix::unistd::getuid()
    )
}
