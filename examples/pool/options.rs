//! What the program is told on its command line.

use std::num::NonZero;
use std::time::Duration;

use aplomb::Limits;
use clap::Parser;
use humantime::parse_duration;

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

    /// How long `stop` may take
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    close: Duration,

    #[command(flatten)]
    pub(crate) plan: Plan,
}

impl Options {
    pub(crate) fn limits(&self, limits: &mut Limits) {
        limits.timeout_stop = Some(self.close);
    }
}
