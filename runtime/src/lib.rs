//! Programs that stop well.

mod exit;
mod failure;
mod lifecycle;
mod on_request;
mod reason;
mod report;
mod shield;
mod shutdown;
pub mod signal;
mod sys;
mod word;

pub use exit::{Exit, Status};
pub use reason::{Call, Cancelled, Reason};
pub use shield::{Shield, ShieldInfo, shield};
pub use shutdown::{RequestGuard, Shutdown, shutdown};
pub use signal::{Sender, Signal};
pub use sys::Interest;
