//! What the service is told on its command line.

use std::env;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use aplomb::Limits;
use clap::Parser;
use humantime::parse_duration;

/// Keeps notes: POST /notes, GET /notes, GET /notes/ID; GET /ready says whether to send more.
#[derive(Parser)]
pub(crate) struct Options {
    /// On 127.0.0.1; 0 is any that is free
    #[arg(long, default_value_t = 7070)]
    pub(crate) port: u16,

    /// Where the notes are
    #[arg(long, value_name = "FILE", default_value_os_t = env::temp_dir().join("aplomb-notes.db"))]
    database: PathBuf,

    /// Keeps them nowhere: the notes are gone when the service is
    #[arg(long, conflicts_with = "database")]
    memory: bool,

    /// How long it goes on after the request, while a load balancer turns away
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = parse_duration)]
    drain: Duration,

    /// How long after the request clients may take to end what they ask for; with the drain
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = parse_duration)]
    patience: Duration,
}

/// Where the notes are.
pub(crate) enum Place {
    File(PathBuf),
    Memory,
}

impl Options {
    pub(crate) fn limits(&self, limits: &mut Limits) {
        limits.drain = Some(self.drain);
        limits.timeout_run = Some(self.patience);
    }

    pub(crate) fn place(self) -> Place {
        if self.memory {
            Place::Memory
        } else {
            Place::File(self.database)
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File(path) => path.display().fmt(f),
            Place::Memory => f.write_str("the memory"),
        }
    }
}
