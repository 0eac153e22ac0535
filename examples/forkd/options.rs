//! What the server is told on its command line.

use std::ffi::OsString;
use std::iter;
use std::num::NonZero;
use std::time::Duration;

const HELP: &str = "\
Usage: forkd [OPTIONS] [--] [PROGRAM [ARGUMENT]...]

Has each client served by a process of its own: PROGRAM, with the connection as its standard
input and output; or this program itself, which sorts lines.

  --port PORT      on 127.0.0.1; 0 is any that is free [default: 7979]
  --clients N      how many are served at once; more wait [default: 8]
  --grace SECONDS  what a helper has to end in when it is told to [default: 5]
  --help           this text";

pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) clients: NonZero<u16>,
    pub(crate) grace: Duration,
    /// A program and its arguments; `None`: this one.
    pub(crate) helper: Option<Vec<OsString>>,
}

impl Options {
    /// Reads the arguments. `--help` is answered here, and ends the process.
    pub(crate) fn from_arguments() -> Result<Options, lexopt::Error> {
        use lexopt::prelude::*;

        let mut options = Options {
            port: 7979,
            clients: const { NonZero::new(8).unwrap() },
            grace: Duration::from_secs(5),
            helper: None,
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("port") => options.port = arguments.value()?.parse()?,
                Long("clients") => options.clients = arguments.value()?.parse()?,
                Long("grace") => options.grace = arguments.value()?.parse_with(seconds)?,
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                Value(program) => {
                    let helper = iter::once(program).chain(arguments.raw_args()?);
                    options.helper = Some(helper.collect());
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
