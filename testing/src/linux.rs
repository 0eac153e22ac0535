//! What only Linux tells of processes, by `/proc`, and what its namespaces and tools do: this is the one place that knows of them.

mod capability;
mod command;
mod idle;
mod process;
mod signal_field;
mod signal_set;
mod thread;

pub use capability::Capability;
pub use idle::assert_idle;
pub use signal_field::SignalField;
pub use signal_set::SignalSet;
pub use thread::Thread;
