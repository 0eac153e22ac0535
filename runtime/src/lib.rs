//! Programs that stop well.

mod exit;
mod lifecycle;
mod shield;
pub mod signal;
mod sys;
mod word;

pub use exit::{Exit, Status};
pub use shield::{Shield, ShieldInfo, shield};
pub use signal::{Sender, Signal};
pub use sys::Interest;
