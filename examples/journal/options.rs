//! What the program is told on its command line.

use std::ffi::OsStr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

const HELP: &str = "\
Usage: journal [INPUT] [OPTIONS]

Commits the lines of INPUT, or of stdin, to a journal; run again, it goes on where it stopped.

  --journal FILE  where to [default: aplomb-journal-INPUT among the temporary files]
  --batch LINES   how many lines are committed at a time [default: 10]
  --pace TIME     a pause after each batch, such as 50ms or 2s [default: none]
  --help          this text";

pub(crate) struct Options {
    /// `None`: stdin.
    pub(crate) input: Option<PathBuf>,
    pub(crate) journal: PathBuf,
    pub(crate) batch: NonZero<usize>,
    pub(crate) pace: Duration,
}

impl Options {
    /// Reads the arguments. `--help` is answered here, and ends the process.
    pub(crate) fn from_arguments() -> Result<Options, lexopt::Error> {
        use lexopt::prelude::*;

        let mut input = None;
        let mut journal = None;
        let mut batch = const { NonZero::new(10).unwrap() };
        let mut pace = Duration::ZERO;
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("journal") => journal = Some(arguments.value()?.into()),
                Long("batch") => batch = arguments.value()?.parse()?,
                Long("pace") => pace = arguments.value()?.parse_with(duration)?,
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                Value(path) if input.is_none() => input = Some(PathBuf::from(path)),
                _ => return Err(argument.unexpected()),
            }
        }
        let journal = journal.unwrap_or_else(|| default_journal(input.as_deref()));
        Ok(Options {
            input,
            journal,
            batch,
            pace,
        })
    }
}

fn default_journal(input: Option<&Path>) -> PathBuf {
    let mut name = OsStr::new("aplomb-journal-").to_owned();
    let of = input.and_then(Path::file_name);
    name.push(of.unwrap_or(OsStr::new("stdin")));
    std::env::temp_dir().join(name)
}

fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit): (_, fn(u64) -> Duration) = if let Some(number) = text.strip_suffix("ms") {
        (number, Duration::from_millis)
    } else if let Some(number) = text.strip_suffix('s') {
        (number, Duration::from_secs)
    } else {
        return Err("a time has a unit: 50ms, 2s".into());
    };
    number.parse().map(unit).map_err(|error| error.to_string())
}
