//! A server that sends every line back, and that can be stopped and started again at any time.
//!
//! `cargo run --example tcp_echo -- 7777` listens on port 7777, without an argument on a free
//! port; it says on which. Talk to it with `nc 127.0.0.1 7777` from other terminals. Then press
//! Ctrl-C (or send SIGTERM), and watch:
//!
//! - new clients are refused at once;
//! - a client whose line is half here may finish it, and gets its answer;
//! - clients that say nothing are hung up on;
//! - the server can be started again on the same port at once. (Connections of before would
//!   keep the port for a minute, but `TcpListener::bind` sets `SO_REUSEADDR` on Unix.)

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use aplomb::{Interest, Limits, Shutdown, app, shielded};
use clap::Parser;
use humantime::parse_duration;

/// Sends every line back.
#[derive(Parser)]
struct Options {
    /// On 127.0.0.1; 0 is any that is free
    #[arg(default_value_t = 0)]
    port: u16,

    /// How long its whole end may take. A client that sends its line byte by byte would hold it up for as long as it
    /// likes; past that it is named, and the status is 124
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = parse_duration)]
    deadline: Duration,
}

impl Options {
    fn limits(&self, limits: &mut Limits) {
        limits.deadline = Some(self.deadline);
    }
}

/// How long a client may pause in the middle of a line.
const PATIENCE: Duration = Duration::from_secs(10);

/// A longer line is sent back in pieces.
const LONGEST: u64 = 64 * 1024;

struct Server {
    /// Until the request: then the door is closed.
    listener: Option<TcpListener>,
    answered: Arc<AtomicU64>,
}

/// What `main`'s body has made is what `start` may ask for: here, the options.
fn start(options: &Options) -> anyhow::Result<Server> {
    let port = options.port;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen on port {port}"))?;
    println!("listening on {}", listener.local_addr()?);
    Ok(Server {
        listener: Some(listener),
        answered: Arc::default(),
    })
}

fn run(server: &mut Server, shutdown: &Shutdown) -> io::Result<()> {
    // Taken out of the state, the listener is closed when this function ends. That is before the
    // app waits for the clients in work, so that nobody new queues up behind a closing door.
    let listener = server.listener.take().expect("`run` is called once");
    while let Ok((stream, peer)) = shutdown.accept(&listener)? {
        let (answered, shutdown) = (Arc::clone(&server.answered), shutdown.clone());
        // Nobody joins these threads. What must not be cut is shielded, and the app waits for
        // that; everything else may end with the process.
        let client = thread::Builder::new().name(format!("client {peer}"));
        let client = client.spawn(move || {
            if let Err(error) = serve(&stream, &answered, &shutdown) {
                log(format_args!("{peer}: {error}"));
            }
        });
        if let Err(error) = client {
            log(format_args!("{peer}: turned away: {error}"));
        }
    }
    Ok(())
}

/// Serves one client, until it leaves or the request comes between two of its lines.
fn serve(stream: &TcpStream, answered: &AtomicU64, shutdown: &Shutdown) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    loop {
        // `ready` knows nothing of what was read ahead: there may be a line in the buffer already.
        if reader.buffer().is_empty() && shutdown.ready(stream, Interest::Read)?.is_err() {
            return Ok(());
        }
        if !answer(&mut reader, answered)? {
            return Ok(());
        }
    }
}

/// Reads a line to its end and sends it back; `false` when there is none any more.
///
/// In a shield, since half an answer is worse than none.
#[shielded]
fn answer(reader: &mut BufReader<&TcpStream>, answered: &AtomicU64) -> io::Result<bool> {
    let mut line = Vec::new();
    reader.take(LONGEST).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(false);
    }
    reader.get_mut().write_all(&line)?;
    answered.fetch_add(1, Relaxed);
    Ok(true)
}

/// Called when the clients in work have got their answers.
fn stop(Server { answered, .. }: Server) {
    log(format_args!("lines answered: {}", answered.load(Relaxed)));
}

/// A line of the log, in one piece. Unlike `eprintln!` it does not panic when nobody reads it.
fn log(line: impl Display) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

#[app(start, run, stop, limits = Options::limits)]
fn main() -> Options {
    Options::parse()
}
