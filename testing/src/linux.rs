//! What only Linux tells of processes, by `/proc`, and what its namespaces and tools do: this is the one place that
//! knows of them.

mod capability;
mod command;
mod idle;
mod process;
#[cfg_attr(not(target_os = "linux"), path = "linux/no_seccomp.rs")]
mod seccomp;
mod signal_field;
mod signal_set;
mod thread;
mod without;

pub use capability::Capability;
pub use idle::assert_idle;
pub(crate) use seccomp::refuse;
pub use signal_field::SignalField;
pub use signal_set::SignalSet;
pub use thread::Thread;
pub use without::Without;
pub(crate) use without::everywhere;
