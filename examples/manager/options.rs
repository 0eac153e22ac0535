//! What the manager is told on its command line.

use std::ffi::OsString;
use std::iter;
use std::num::NonZero;
use std::time::Duration;

const HELP: &str = "\
Usage: manager [OPTIONS] [--] [WORKER [ARGUMENT]...]

Has jobs done, which clients send line by line: `words FILE` by worker processes, `checksum FILE`
by threads. A worker is this program, or WORKER: it says `ready`, and then answers each line of its
standard input with one line. In its environment WORKER is its number.

  --port PORT         on 127.0.0.1; 0 is any that is free [default: 7878]
  --workers N         how many processes [default: 2]
  --threads N         how many threads [default: 2]
  --ready SECONDS     how long a worker may take to get ready [default: 5]
  --patience SECONDS  how long jobs in hand may take when it stops [default: 5]
  --grace SECONDS     how long after it was told to end a worker is killed [default: 1]
  --fatal             the end of a worker is the end of the manager
  --help              this text";

pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) workers: NonZero<usize>,
    pub(crate) threads: NonZero<usize>,
    pub(crate) ready: Duration,
    pub(crate) patience: Duration,
    pub(crate) grace: Duration,
    pub(crate) fatal: bool,
    /// A program and its arguments; `None`: this one.
    pub(crate) worker: Option<Vec<OsString>>,
}

impl Options {
    /// Reads the arguments. `--help` is answered here, and ends the process.
    pub(crate) fn from_arguments() -> Result<Options, lexopt::Error> {
        use lexopt::prelude::*;

        let mut options = Options {
            port: 7878,
            workers: const { NonZero::new(2).unwrap() },
            threads: const { NonZero::new(2).unwrap() },
            ready: Duration::from_secs(5),
            patience: Duration::from_secs(5),
            grace: Duration::from_secs(1),
            fatal: false,
            worker: None,
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("port") => options.port = arguments.value()?.parse()?,
                Long("workers") => options.workers = arguments.value()?.parse()?,
                Long("threads") => options.threads = arguments.value()?.parse()?,
                Long("ready") => options.ready = arguments.value()?.parse_with(seconds)?,
                Long("patience") => options.patience = arguments.value()?.parse_with(seconds)?,
                Long("grace") => options.grace = arguments.value()?.parse_with(seconds)?,
                Long("fatal") => options.fatal = true,
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                Value(program) => {
                    let worker = iter::once(program).chain(arguments.raw_args()?);
                    options.worker = Some(worker.collect());
                }
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(options)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "it is no number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
