//! What the program is told on its command line.

use std::num::NonZero;

use clap::Parser;

use crate::tasks::Plan;

/// Has tasks bring units of work to a pool of threads.
#[derive(Parser)]
pub(crate) struct Options {
    /// How many threads
    #[arg(long, value_name = "N", default_value = "2")]
    pub(crate) threads: NonZero<usize>,

    /// How many tasks
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) tasks: NonZero<usize>,

    #[command(flatten)]
    pub(crate) plan: Plan,
}
