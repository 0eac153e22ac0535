//! What the server is told on its command line.

use std::ffi::OsString;
use std::num::NonZero;
use std::time::Duration;

use aplomb::Limits;
use clap::Parser;

/// Has each client served by a process of its own.
#[derive(Parser)]
// What is said last counts, so a script may add to a command.
#[command(args_override_self = true)]
pub(crate) struct Options {
    /// On 127.0.0.1; 0 is any that is free
    #[arg(long, default_value_t = 7979)]
    pub(crate) port: u16,

    /// How many are served at once; more wait
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) clients: NonZero<u16>,

    /// What a helper has to end in when it is told to
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) grace: Duration,

    /// How long its whole end may take. A helper that does not end is killed a second before that, whatever its grace
    /// is
    #[arg(long, value_name = "SECONDS", default_value = "12", value_parser = seconds, allow_negative_numbers = true)]
    deadline: Duration,

    /// A program and its arguments, with the connection as its standard input and output; without one this program
    /// itself, which sorts lines
    #[arg(trailing_var_arg = true, value_name = "PROGRAM")]
    pub(crate) helper: Vec<OsString>,
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
