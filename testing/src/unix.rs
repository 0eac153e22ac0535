//! What a test does on Unix: signals, groups, sessions and terminals.

mod child;
mod command;
mod dispositions;
mod output;
mod pipe;
mod process;
mod process_stat;
mod session;
mod setsid;
mod terminal;

pub(crate) use child::Target;
pub(crate) use command::{Surroundings, spawn};
pub use dispositions::default_signals;
pub(crate) use pipe::fill;
pub use process::Process;
pub use process_stat::ProcessStat;
pub use session::Session;
pub use terminal::{Modes, Terminal};
