//! What the program is told on its command line.

use std::env;
use std::fmt;
use std::num::ParseIntError;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use aplomb::Limits;
use clap::Parser;
use humantime::parse_duration;

/// Builds a site from Markdown, serves it, and builds it again when a page has changed.
#[derive(Parser)]
// What is said last counts, so a script may add to a command.
#[command(
    args_override_self = true,
    after_help = "\
A COMMAND is split into words where there is space.

`site serve FOLDER PORT` serves a folder, until its input ends; so the one starts the other."
)]
pub(crate) struct Options {
    /// Where the pages are
    #[arg(default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/site/content"))]
    pub(crate) content: PathBuf,

    /// Where the site is built
    #[arg(long, value_name = "FOLDER", default_value_os_t = env::temp_dir().join("aplomb-site"))]
    pub(crate) output: PathBuf,

    /// On 127.0.0.1; 0 is any that is free
    #[arg(long, default_value_t = 7072)]
    pub(crate) port: u16,

    /// How long it waits for further changes, in milliseconds
    #[arg(long, value_name = "MS", default_value = "100", value_parser = milliseconds)]
    pub(crate) settle: Duration,

    /// How long its whole end may take. A tool that does not end is killed then, and the status is 124
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    deadline: Duration,

    /// Run in each build, in its folder, with the names of its pages
    #[arg(long, value_name = "COMMAND", default_value = "gzip -9 -n -k", value_parser = CommandLine::parse)]
    pub(crate) tool: CommandLine,

    /// Run with FOLDER and PORT instead of `site serve`. It says `serving on ADDRESS` when it is ready, and ends when
    /// its input does
    #[arg(long, value_name = "COMMAND", value_parser = CommandLine::parse)]
    pub(crate) server: Option<CommandLine>,
}

impl Options {
    pub(crate) fn limits(&self, limits: &mut Limits) {
        limits.deadline = Some(self.deadline);
    }
}

/// Serves a folder, until its input ends.
#[derive(Parser)]
#[command(bin_name = "site serve")]
pub(crate) struct Serve {
    pub(crate) folder: PathBuf,

    /// On 127.0.0.1; 0 is any that is free
    pub(crate) port: u16,

    /// How long its whole end may take: less than whoever starts it waits until it is killed
    #[arg(long, value_name = "TIME", default_value = "4s", value_parser = parse_duration)]
    deadline: Duration,
}

impl Serve {
    pub(crate) fn limits(&self, limits: &mut Limits) {
        limits.deadline = Some(self.deadline);
    }

    /// Reads the arguments behind the program's name, of which the first is `serve`.
    pub(crate) fn parse_arguments() -> Serve {
        Serve::parse_from(env::args_os().skip(1))
    }
}

fn milliseconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_millis)
}

/// A program and its first arguments.
#[derive(Clone)]
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
