//! What the service is told on its command line.

use std::fmt;
use std::path::PathBuf;

const HELP: &str = "\
Usage: notes [OPTIONS]

Keeps notes: POST /notes, GET /notes, GET /notes/ID; GET /ready says whether to send more.

  --port PORT      on 127.0.0.1; 0 is any that is free [default: 7070]
  --database FILE  where to [default: aplomb-notes.db among the temporary files]
  --memory         nowhere: the notes are gone when the service is
  --help           this text";

pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) place: Place,
}

/// Where the notes are.
pub(crate) enum Place {
    File(PathBuf),
    Memory,
}

impl Options {
    /// Reads the arguments. `--help` is answered here, and ends the process.
    pub(crate) fn from_arguments() -> Result<Options, lexopt::Error> {
        use lexopt::prelude::*;

        let mut port = 7070;
        let mut place = None;
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("port") => port = arguments.value()?.parse()?,
                Long("database") if place.is_none() => {
                    place = Some(Place::File(arguments.value()?.into()));
                }
                Long("memory") if place.is_none() => place = Some(Place::Memory),
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                _ => return Err(argument.unexpected()),
            }
        }
        let default = || Place::File(std::env::temp_dir().join("aplomb-notes.db"));
        Ok(Options {
            port,
            place: place.unwrap_or_else(default),
        })
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
