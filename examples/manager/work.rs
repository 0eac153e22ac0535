//! The app that a worker is: it answers requests, line by line.

use std::fs;
use std::io::{self, Write};

use aplomb::{Shutdown, app, shielded};

/// What makes this program a worker, as its first argument.
pub(crate) const WORD: &str = "be-a-worker";

/// Until there are no more requests, or this worker is told to end.
fn run(shutdown: &Shutdown) -> anyhow::Result<()> {
    reply("ready")?;
    // A read from a pipe hears of no request on any system. So another thread reads, and is left behind.
    while let Some(request) = shutdown.run_blocking(|| io::stdin().lines().next())? {
        answer(&request?)?;
    }
    Ok(())
}

/// In a shield: told to end, it ends what it has in hand, whoever insists.
#[shielded]
fn answer(request: &str) -> io::Result<()> {
    let path = request.strip_prefix("words ");
    let answer = match path.map(|path| (path, fs::read(path))) {
        Some((_, Ok(content))) => {
            let words = content.split(u8::is_ascii_whitespace);
            format!("{} words", words.filter(|word| !word.is_empty()).count())
        }
        Some((path, Err(error))) => format!("failed: cannot read {path}: {error}"),
        None => "failed: it is no request".to_owned(),
    };
    reply(&answer)
}

fn reply(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}

#[app(run)]
pub(crate) fn main() {}
