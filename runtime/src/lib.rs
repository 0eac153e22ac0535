//! Programs that stop well.

mod shield;
pub mod signal;
mod sys;
mod word;

pub use shield::{Shield, ShieldInfo, shield};
pub use signal::{Sender, Signal};
pub use sys::Interest;
