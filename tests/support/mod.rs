//! What the rows are made with: starting a program, talking with it by lines, sending it
//! signals, and seeing how it ended.
//!
//! Nothing here sleeps in order to wait. A program says by a line that it is where the test
//! wants it; every wait has a deadline, past which the test fails with all that was said.

mod ending;
mod on;
mod proc;
mod program;
mod requirements;
mod running;
mod session;
mod terminal;
mod timing;
mod transcript;

pub use ending::Ending;
pub use on::On;
pub use proc::{Mask, Process, Task};
#[allow(unused_imports, reason = "only the rows of tasks choose")]
pub use program::phases_on;
pub use program::{Program, cat_status, phases, scene, shell};
pub use requirements::{can_have_pid_namespace, can_trace, say_aloud};
pub use running::Running;
#[allow(unused_imports, reason = "not every suite looks at sessions")]
pub use session::{Member, left_in_session, members_of_session, nothing_is_left_of, zombies_of};
#[allow(unused_imports, reason = "only the examples keep one")]
pub use terminal::Terminal;
pub use timing::{A_WHILE, DEBOUNCE, best_of_three, pause_past_debounce, until};

/// How an app speaks of the test as the sender of a signal.
pub fn from_us() -> String {
    format!(
        "from pid {} (uid {})",
        nix::unistd::getpid(),
        nix::unistd::getuid()
    )
}
