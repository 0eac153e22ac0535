//! The library's waiters.

mod registration;
#[path = "../../runtime/src/shutdown/waiters.rs"]
mod waiters;
