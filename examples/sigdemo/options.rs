//! What the program is told on its command line.

use aplomb::signal;

const HELP: &str = "\
Usage: sigdemo SIGNAL... [OPTIONS]

Reports each of these signals three times; `kill -l` lists them. SIGTERM or Ctrl-C ends it.

  --then WHAT  what the fourth of a signal leads to [default: count]:
               count  nothing but that it is counted
               stop   the end of the program, a good one
               fail   an error: stop runs, and the status is 1
               panic  a panic: stop runs, and the status is 101
               exit   an exit with status 3, without stop
  --help       this text";

pub(crate) struct Options {
    pub(crate) signals: Vec<i32>,
    pub(crate) then: Then,
}

/// What the fourth of a signal leads to.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    Count,
    Stop,
    Fail,
    Panic,
    Exit,
}

impl Options {
    /// Reads the arguments. `--help` is answered here, and ends the process.
    pub(crate) fn from_arguments() -> Result<Options, lexopt::Error> {
        use lexopt::prelude::*;

        let mut signals = Vec::new();
        let mut then = Then::Count;
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("then") => then = arguments.value()?.parse_with(what)?,
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                Value(name) => signals.push(name.parse_with(number)?),
                _ => return Err(argument.unexpected()),
            }
        }
        if signals.is_empty() {
            return Err("no signals; name some, such as USR1".into());
        }
        Ok(Options { signals, then })
    }
}

fn number(name: &str) -> Result<i32, &'static str> {
    signal::number(name).ok_or("no signal is called so; `kill -l` lists them")
}

fn what(word: &str) -> Result<Then, &'static str> {
    Ok(match word {
        "count" => Then::Count,
        "stop" => Then::Stop,
        "fail" => Then::Fail,
        "panic" => Then::Panic,
        "exit" => Then::Exit,
        _ => return Err("it is one of count, stop, fail, panic, exit"),
    })
}
