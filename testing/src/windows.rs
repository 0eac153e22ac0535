//! What a test does on Windows: consoles and their events, jobs.

mod capability;
mod child;
mod command;
mod console;
mod job;
mod window;

pub use capability::Capability;
pub(crate) use child::Target;
pub(crate) use command::Surroundings;
pub use console::{ConsoleEvent, console_helper, wait_for};

/// The exit code of a program that a console event has ended: what Windows has in place of a death by a signal.
pub const STATUS_CONTROL_C_EXIT: i32 = windows_sys::Win32::Foundation::STATUS_CONTROL_C_EXIT;
