//! What a test does on Unix: signals and groups.

mod child;
mod command;
mod dispositions;
mod output;
mod pipe;

pub(crate) use child::Target;
pub(crate) use command::Surroundings;
pub use dispositions::default_signals;
pub(crate) use pipe::fill;
