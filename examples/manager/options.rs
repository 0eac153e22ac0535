//! What the manager is told on its command line.

use std::ffi::OsString;
use std::num::NonZero;
use std::time::Duration;

use aplomb::Limits;
use clap::Parser;

/// Has jobs done, which clients send line by line: `words FILE` by worker processes, `checksum FILE` by threads.
#[derive(Parser)]
// What is said last counts, so a script may add to a command.
#[command(
    args_override_self = true,
    after_help = "\
A worker is this program, or WORKER: it says `ready`, and then answers each line of its standard
input with one line. In its environment WORKER is its number."
)]
pub(crate) struct Options {
    /// On 127.0.0.1; 0 is any that is free
    #[arg(long, default_value_t = 7878)]
    pub(crate) port: u16,

    /// How many processes
    #[arg(long, value_name = "N", default_value = "2")]
    pub(crate) workers: NonZero<usize>,

    /// How many threads
    #[arg(long, value_name = "N", default_value = "2")]
    pub(crate) threads: NonZero<usize>,

    /// How long a worker may take to get ready
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) ready: Duration,

    /// How long jobs in hand may take when it stops
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) patience: Duration,

    /// How long after it was told to end a worker is killed
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) grace: Duration,

    /// How long its whole end may take: longer than patience and grace
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds, allow_negative_numbers = true)]
    deadline: Duration,

    /// The end of a worker is the end of the manager
    #[arg(long)]
    pub(crate) fatal: bool,

    /// A program and its arguments
    #[arg(trailing_var_arg = true)]
    pub(crate) worker: Vec<OsString>,
}

impl Options {
    pub(crate) fn limits(&self, limits: &mut Limits) {
        limits.deadline = Some(self.deadline);
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "it is no number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
