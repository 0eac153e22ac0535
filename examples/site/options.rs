//! What the program is told on its command line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const HELP: &str = "\
Usage: site [CONTENT] [OPTIONS]
       site serve FOLDER PORT

Builds a site from the Markdown in CONTENT, serves it, and builds it again when a page has changed.
With `serve` it serves a folder, until its input ends; so the one starts the other.

  --output FOLDER   where to [default: aplomb-site among the temporary files]
  --port PORT       on 127.0.0.1; 0 is any that is free [default: 7072]
  --settle MS       how long it waits for further changes, in milliseconds [default: 100]
  --tool COMMAND    run in each build, in its folder, with the names of its pages [default: gzip -9 -n -k]
  --server COMMAND  run with FOLDER and PORT instead of `site serve`. It says `serving on ADDRESS` when it is
                    ready, and ends when its input does
  --help            this text

A COMMAND is split into words where there is space.";

pub(crate) struct Options {
    pub(crate) content: PathBuf,
    pub(crate) output: PathBuf,
    pub(crate) tool: CommandLine,
    /// `None`: this program.
    pub(crate) server: Option<CommandLine>,
    pub(crate) port: u16,
    pub(crate) settle: Duration,
}

/// What `serve` is told.
pub(crate) struct Serve {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
}

/// A program and its first arguments.
pub(crate) struct CommandLine(Vec<String>);

impl CommandLine {
    fn parse(text: &str) -> Result<CommandLine, &'static str> {
        let words: Vec<_> = text.split_whitespace().map(String::from).collect();
        if words.is_empty() {
            return Err("a command has a word at least");
        }
        Ok(CommandLine(words))
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.0[0]);
        command.args(&self.0[1..]);
        command
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl Options {
    /// Reads the arguments. `--help` is answered here, and ends the process.
    pub(crate) fn from_arguments() -> Result<Options, lexopt::Error> {
        use lexopt::prelude::*;

        let mut content = None;
        let mut output = std::env::temp_dir().join("aplomb-site");
        let mut tool = CommandLine::parse("gzip -9 -n -k")?;
        let mut server = None;
        let mut port = 7072;
        let mut settle = 100;
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("output") => output = arguments.value()?.into(),
                Long("port") => port = arguments.value()?.parse()?,
                Long("settle") => settle = arguments.value()?.parse()?,
                Long("tool") => tool = arguments.value()?.parse_with(CommandLine::parse)?,
                Long("server") => server = Some(arguments.value()?.parse_with(CommandLine::parse)?),
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                Value(path) if content.is_none() => content = Some(PathBuf::from(path)),
                _ => return Err(argument.unexpected()),
            }
        }
        let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/site/content");
        Ok(Options {
            content: content.unwrap_or_else(default),
            output,
            tool,
            server,
            port,
            settle: Duration::from_millis(settle),
        })
    }
}

impl Serve {
    /// Reads the arguments, of which the first is `serve`.
    pub(crate) fn from_arguments() -> Result<Serve, lexopt::Error> {
        use lexopt::prelude::*;

        let mut arguments = lexopt::Parser::from_args(std::env::args_os().skip(2));
        let mut values = Vec::new();
        while let Some(argument) = arguments.next()? {
            match argument {
                Value(value) => values.push(value),
                _ => return Err(argument.unexpected()),
            }
        }
        let [folder, port] =
            <[_; 2]>::try_from(values).map_err(|_| "`serve` takes FOLDER and PORT")?;
        Ok(Serve {
            folder: folder.into(),
            port: port.parse()?,
        })
    }
}
