//! The app that a worker is: it answers requests, line by line.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;

use aplomb::{Interest, Shutdown, app, shielded};

/// What makes this program a worker, as its first argument.
pub(crate) const WORD: &str = "be-a-worker";

/// Until there are no more requests, or this worker is told to end.
fn run(shutdown: &Shutdown) -> anyhow::Result<()> {
    // Not `io::stdin()` itself: that has a buffer of its own, which `ready` does not see.
    let mut requests = BufReader::new(File::from(io::stdin().as_fd().try_clone_to_owned()?));
    reply("ready")?;
    loop {
        if requests.buffer().is_empty() {
            shutdown.ready(requests.get_ref(), Interest::Read)??;
        }
        if !answer(&mut requests)? {
            return Ok(());
        }
    }
}

/// In a shield: told to end, it ends what it has in hand, whoever insists.
#[shielded]
fn answer(requests: &mut BufReader<File>) -> io::Result<bool> {
    let mut request = String::new();
    if requests.read_line(&mut request)? == 0 {
        return Ok(false);
    }
    let path = request.trim_end_matches('\n').strip_prefix("words ");
    let answer = match path.map(|path| (path, fs::read(path))) {
        Some((_, Ok(content))) => {
            let words = content.split(u8::is_ascii_whitespace);
            format!("{} words", words.filter(|word| !word.is_empty()).count())
        }
        Some((path, Err(error))) => format!("failed: cannot read {path}: {error}"),
        None => "failed: it is no request".to_owned(),
    };
    reply(&answer)?;
    Ok(true)
}

fn reply(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}

#[app(run)]
pub(crate) fn main() {}
