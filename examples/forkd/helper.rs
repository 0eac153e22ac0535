//! The app that serves one client: it sorts the lines that it is sent.
//!
//! The exit status says what has become of the client, in the numbers of `sysexits.h`.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use aplomb::{Cancelled, Shutdown, app, shielded};

/// The first argument that makes this program a helper.
pub(crate) const WORD: &str = "serve-client";

/// How long a client may say nothing, or not take its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many bytes a client may send.
const LONGEST: u64 = 64 * 1024 * 1024;

/// The client has sent too much: `EX_DATAERR`.
const TOO_MUCH: u8 = 65;
/// The client has sent nothing: `EX_NOINPUT`.
const NOTHING: u8 = 66;
/// The client was gone, or too slow, before it had its answer: `EX_IOERR`.
const GONE: u8 = 74;
/// We were told to end before the client had sent anything: `EX_TEMPFAIL`.
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
    // A client that says nothing would keep us for ever. `peek` ends with the timeout that is set above, and looks
    // whether there is more than the end of the connection.
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
/// The function is shielded: a client that has begun to send gets the whole answer, even if somebody insists on
/// the end.
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

// The exit status is about the client, and not about the signal that told the helper to end.
#[app(run, stop, exit = "success")]
pub(crate) fn main() -> Helper {
    // If the request comes so early that `run` does not begin, this status says what has become of the client.
    // If a signal comes even before this line, the process dies by that signal, whatever `exit` says.
    Helper { status: STOPPED }
}
