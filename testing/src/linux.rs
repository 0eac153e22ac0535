//! The kernel's view of processes, from `/proc`, and what small tools of Linux start: this is the one place that knows of them.

mod capability;
mod child;
mod command;
mod idle;
mod process;
mod process_stat;
mod session;
mod signal_field;
mod signal_set;
mod terminal;
mod thread;

pub use capability::Capability;
pub use idle::assert_idle;
pub use process::Process;
pub use process_stat::ProcessStat;
pub use session::Session;
pub use signal_field::SignalField;
pub use signal_set::SignalSet;
pub use terminal::Terminal;
pub use thread::Thread;
