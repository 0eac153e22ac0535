//! What the program is told on its command line.

use aplomb::signal;
use clap::{Parser, ValueEnum};

/// Reports each of these signals three times. SIGTERM or Ctrl-C ends it.
#[derive(Parser)]
pub(crate) struct Options {
    /// By their names, such as USR1; `kill -l` lists them
    #[arg(required = true, value_name = "SIGNAL", value_parser = number)]
    pub(crate) signals: Vec<i32>,

    /// What the fourth of a signal leads to
    #[arg(long, value_name = "WHAT", default_value = "count")]
    pub(crate) then: Then,
}

/// What the fourth of a signal leads to.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Then {
    /// Nothing but that it is counted
    Count,
    /// The end of the program, a good one
    Stop,
    /// An error: `stop` runs, and the status is 1
    Fail,
    /// A panic: `stop` runs, and the status is 101
    Panic,
    /// An exit with status 3, without `stop`
    Exit,
}

fn number(name: &str) -> Result<i32, &'static str> {
    signal::number(name).ok_or("no signal is called so; `kill -l` lists them")
}
