//! Programs that stop well.
#![cfg_attr(not(unix), allow(unused))]

#[cfg(not(unix))]
compile_error!("aplomb supports Unix systems so far");

mod app;
mod cleanup;
mod error;
mod exit;
mod failure;
mod leave;
mod lifecycle;
pub mod phase;
mod reason;
mod report;
mod shield;
mod shutdown;
pub mod signal;
mod sys;
mod word;


pub use app::{App, Outcome};
pub use cleanup::{Cleanup, Undone};
pub use error::Error;
pub use exit::{Exit, Status};
pub use leave::at_exit;
pub use phase::Absent;
pub use reason::{Call, Cancelled, Reason};
pub use shield::{Shield, ShieldInfo, shield};
pub use shutdown::{RequestGuard, Shutdown, shutdown};
pub use signal::{Sender, Signal};
pub use sys::Interest;
