//! Signals: their numbers and names, and who sent one.

mod arrived;
mod decision;
mod inbox;
mod names;
mod received;
pub(crate) mod table;

pub(crate) use arrived::{MAX_SHUTDOWN_SIGNALS, Seen};
pub(crate) use decision::{Began, Word};
pub(crate) use inbox::{Inbox, MAX_CALLBACKS, Role};
pub(crate) use names::Named;
pub use names::{name, number};
pub use received::Signal;
pub use table::numbers::*;
pub(crate) use table::why_no_shutdown_signal;

pub use crate::sys::Sender;
