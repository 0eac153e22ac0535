//! What a test does on Windows: consoles and their events, jobs.

mod capability;
mod child;
mod command;
mod console;
mod job;
mod output;
mod signal;
mod window;

pub use capability::Capability;
pub(crate) use child::Target;
pub(crate) use command::{Surroundings, spawn};
pub use console::{console_helper, wait_for};
pub use signal::Signal;
