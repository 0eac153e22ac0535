//! What the program is told on its command line.

use std::ffi::OsStr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use humantime::parse_duration;

/// Commits the lines of INPUT, or of stdin, to a journal; run again, it goes on where it stopped.
#[derive(Parser)]
pub(crate) struct Options {
    /// A file; without one it is stdin
    pub(crate) input: Option<PathBuf>,

    /// Where they are committed [default: aplomb-journal-INPUT among the temporary files]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,

    /// How many lines are committed at a time
    #[arg(long, value_name = "LINES", default_value = "10")]
    pub(crate) batch: NonZero<usize>,

    /// A pause after each batch, such as 50ms or 2s
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub(crate) pace: Duration,
}

impl Options {
    pub(crate) fn journal(&self) -> PathBuf {
        let default = || {
            let mut name = OsStr::new("aplomb-journal-").to_owned();
            let of = self.input.as_deref().and_then(Path::file_name);
            name.push(of.unwrap_or(OsStr::new("stdin")));
            std::env::temp_dir().join(name)
        };
        self.journal.clone().unwrap_or_else(default)
    }
}
