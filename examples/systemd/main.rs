//! A service of systemd's that keeps the lines which it is sent. Its units are beside it, and say what each line of
//! theirs is for.
//!
//! `cargo run --example systemd` serves without systemd: `echo hello | nc -N 127.0.0.1 7878` keeps a line, and Ctrl-C
//! writes all of them to a file. Under systemd, as root:
//!
//! ```console
//! # cp target/release/examples/systemd /usr/local/bin/lines
//! # cp examples/systemd/lines.* /etc/systemd/system/
//! # systemctl daemon-reload
//! # systemctl enable --now lines.socket
//! $ echo hello | nc -N 127.0.0.1 7878    # starts the service, which answers
//! # systemctl reload lines               # ends when the greeting was read again
//! # systemctl stop lines                 # ends when the lines are on the disk
//! ```

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::Context;
use aplomb::systemd::listen_fds;
use aplomb::{Limits, Shutdown, app, shielded};
use clap::Parser;
use humantime::parse_duration;

/// Keeps the lines that it is sent.
#[derive(Parser)]
struct Options {
    /// Where to listen, if systemd does not
    #[arg(long, default_value_t = 7878)]
    port: u16,

    /// The file with the greeting that each client gets, which is read again at SIGHUP
    #[arg(long, value_name = "FILE")]
    greeting: Option<PathBuf>,

    /// The folder for the lines. A unit with `StateDirectory=` names it
    #[arg(
        long,
        env = "STATE_DIRECTORY",
        value_name = "FOLDER",
        default_value = "."
    )]
    folder: PathBuf,

    /// How long its whole end may take
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_duration)]
    deadline: Duration,
}

impl Options {
    fn limits(&self, limits: &mut Limits) {
        limits.deadline = Some(self.deadline);
    }
}

struct Lines {
    listener: TcpListener,
    greeting: Mutex<String>,
    kept: Mutex<Vec<String>>,
}

/// Where the check of the watchdog finds the service.
static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();

/// How long a client may take, and the check.
const PATIENCE: Duration = Duration::from_secs(1);

fn start(options: &Options) -> anyhow::Result<Lines> {
    let mut sockets = listen_fds()?.into_iter();
    let listener = match sockets.find(|(name, _)| name == "lines.socket") {
        Some((_, socket)) => TcpListener::from(socket),
        None => TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
            .with_context(|| format!("cannot listen on port {}", options.port))?,
    };
    let address = listener.local_addr()?;
    println!("listening on {}", ADDRESS.get_or_init(|| address));
    Ok(Lines {
        listener,
        greeting: Mutex::new(greeting(options)?),
        kept: Mutex::default(),
    })
}

fn greeting(options: &Options) -> anyhow::Result<String> {
    let Some(path) = &options.greeting else {
        return Ok("hello".into());
    };
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(text.trim().to_owned())
}

/// Under `Type=notify-reload` `systemctl reload` waits for the end of this. A file that cannot be read leaves the
/// greeting as it is: an `Err` would end the service.
fn reload(options: &Options, lines: &Lines) {
    match greeting(options) {
        Ok(new) => *lines.greeting() = new,
        Err(error) => eprintln!("the greeting stays: {error:#}"),
    }
}

fn run(lines: &Lines, shutdown: &Shutdown) -> io::Result<()> {
    while let Ok((client, peer)) = shutdown.accept(&lines.listener)? {
        if let Err(error) = lines.serve(&client) {
            eprintln!("{peer}: {error}");
        }
        // `systemctl status` shows it.
        shutdown.progress(format_args!("{} lines", lines.kept().len()));
    }
    Ok(())
}

impl Lines {
    fn kept(&self) -> MutexGuard<'_, Vec<String>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn greeting(&self) -> MutexGuard<'_, String> {
        self.greeting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the line of a client, and answers. An empty one is only answered.
    #[shielded]
    fn serve(&self, client: &TcpStream) -> io::Result<()> {
        client.set_read_timeout(Some(PATIENCE))?;
        let mut line = String::new();
        BufReader::new(client.take(4096)).read_line(&mut line)?;
        let line = line.trim();
        if !line.is_empty() {
            self.kept().push(line.to_owned());
        }
        writeln!(&mut &*client, "{}", self.greeting())
    }
}

/// The service is healthy as long as it answers. This waits for the answer on a thread of its own.
fn is_healthy() -> io::Result<()> {
    let address = ADDRESS.get().ok_or(io::ErrorKind::NotConnected)?;
    let mut service = TcpStream::connect_timeout(address, PATIENCE)?;
    service.set_read_timeout(Some(PATIENCE))?;
    service.write_all(b"\n")?;
    service.read_to_string(&mut String::new()).map(drop)
}

/// Writes the lines. Each piece is progress, for which systemd waits longer than `TimeoutStopSec=` says, up to five
/// minutes.
fn stop(lines: Lines, options: &Options, shutdown: &Shutdown) -> io::Result<()> {
    const PIECE: usize = 1000;
    let kept = lines.kept.into_inner();
    let kept = kept.unwrap_or_else(PoisonError::into_inner);
    let path = options.folder.join("lines");
    let mut file = File::options().append(true).create(true).open(path)?;
    for (number, piece) in (1..).zip(kept.chunks(PIECE)) {
        shutdown.progress(format_args!(
            "writing piece {number} of {}",
            kept.len().div_ceil(PIECE)
        ));
        file.write_all((piece.join("\n") + "\n").as_bytes())?;
        file.sync_data()?;
    }
    Ok(())
}

#[app(
    start,
    run,
    stop,
    on(SIGHUP = reload),
    limits = Options::limits,
    systemd(check = is_healthy, extend = "5m")
)]
fn main() -> Options {
    Options::parse()
}
