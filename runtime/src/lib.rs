//! Programs that stop well.

pub mod signal;
mod word;

pub use signal::{Sender, Signal};
