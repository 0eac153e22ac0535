//! Programs that stop well.

pub mod signal;
mod sys;
mod word;

pub use signal::{Sender, Signal};
pub use sys::Interest;
