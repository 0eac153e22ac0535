//! Whenever it is asked to stop: nothing that was acknowledged is lost, and whoever has been let in
//! is answered.

mod bad_start;
mod client;
mod http;
mod load;
mod service;
mod slow;
mod stopping;
mod under_load;
