//! The app that serves one client: it sorts the lines that it is sent.
//!
//! Its status says what has become of the client, in the numbers of `sysexits.h`.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use aplomb::{Cancelled, Shutdown, app, shielded};

/// What makes this program a helper, as its first argument.
pub(crate) const WORD: &str = "serve-client";

/// How long a client may say nothing, or not take its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many bytes a client may send.
const LONGEST: u64 = 64 * 1024 * 1024;

/// It has sent too much: `EX_DATAERR`.
const TOO_MUCH: u8 = 65;
/// It has sent nothing: `EX_NOINPUT`.
const NOTHING: u8 = 66;
/// It was gone, or too slow, before it had its answer: `EX_IOERR`.
const GONE: u8 = 74;
/// We were told to end before it had sent anything: `EX_TEMPFAIL`.
const STOPPED: u8 = 75;

pub(crate) struct Helper {
    status: u8,
}

fn run(helper: &mut Helper, shutdown: &Shutdown) -> anyhow::Result<()> {
    let client = TcpStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    client
        .set_read_timeout(Some(PATIENCE))
        .context("stdin is to be a connection")?;
    client.set_write_timeout(Some(PATIENCE))?;
    let silent = client.try_clone()?;
    // `Shutdown::ready` would have no patience.
    helper.status = match shutdown.run_blocking(move || silent.peek(&mut [0])) {
        Err(Cancelled) => STOPPED,
        Ok(Ok(1..)) => answer(client).unwrap_or(GONE),
        Ok(_) => NOTHING,
    };
    Ok(())
}

fn stop(Helper { status }: Helper) -> ExitCode {
    ExitCode::from(status)
}

/// Reads to the end of what the client sends, and sends it back in order.
///
/// In a shield: who has begun to send gets the whole answer, whoever insists on the end.
#[shielded]
fn answer(mut client: TcpStream) -> io::Result<u8> {
    let mut text = Vec::new();
    (&client).take(LONGEST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Ok(TOO_MUCH);
    }
    if text.last() != Some(&b'\n') {
        text.push(b'\n');
    }
    let mut lines: Vec<_> = text.split_inclusive(|&byte| byte == b'\n').collect();
    lines.sort_unstable();
    client.write_all(&lines.concat())?;
    Ok(0)
}

// Its status is about its client, and not about the signal that it was told to end by.
#[app(run, stop, exit = "success")]
pub(crate) fn main() -> Helper {
    // Where the request comes so early that there is no `run`, this is what has become of the client. (Where it
    // comes even before this, the process ends at once, with success, as is asked for above.)
    Helper { status: STOPPED }
}
