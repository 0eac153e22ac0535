//! The door: one line of a client is one request, and gets one line as its answer.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use aplomb::{Cleanup, Interest, Shutdown, shielded};

use super::{Config, Database};

/// How long a client may pause in the middle of a line. `LONGEST` is how many bytes a line may have.
const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST: u64 = 1024;

/// A component may be a type, with functions of its own; `run` borrows the state that `start` has made.
pub(crate) struct Api {
    listener: TcpListener,
    answered: AtomicU64,
}

impl Api {
    /// Listens, and writes the address into a file beside the book. The file is removed when the component has
    /// stopped, or when it cannot start.
    pub(crate) fn start(config: &Config, cleanup: &mut Cleanup) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))
            .with_context(|| format!("cannot listen on port {}", config.port))?;
        let address = listener.local_addr()?;
        let file = config.book.with_extension("address");
        fs::write(&file, address.to_string())?;
        cleanup.push("address file", file, fs::remove_file);
        println!("api: listening on {address}");
        Ok(Api {
            listener,
            answered: AtomicU64::new(0),
        })
    }

    pub(crate) fn run(&self, database: &Database, shutdown: &Shutdown) -> io::Result<()> {
        // The scope ends when all clients have their answers. So all that they have set is in the book when
        // `database` stops.
        thread::scope(|clients| {
            while let Ok((stream, peer)) = shutdown.accept(&self.listener)? {
                let serve = move || {
                    if let Err(error) = self.serve(&stream, database, shutdown) {
                        eprintln!("api: {peer}: {error}");
                    }
                };
                let client = thread::Builder::new().name(format!("client {peer}"));
                if let Err(error) = client.spawn_scoped(clients, serve) {
                    eprintln!("api: {peer}: turned away: {error}");
                }
            }
            Ok(())
        })
    }

    pub(crate) fn stop(self) {
        println!("api: {} answers", self.answered.into_inner());
    }

    /// Serves one client, until it leaves or the request comes between two of its lines.
    fn serve(
        &self,
        stream: &TcpStream,
        database: &Database,
        shutdown: &Shutdown,
    ) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut reader = BufReader::new(stream);
        loop {
            if reader.buffer().is_empty() && shutdown.ready(stream, Interest::Read)?.is_err() {
                return Ok(());
            }
            if !self.answer(&mut reader, database)? {
                return Ok(());
            }
        }
    }

    /// Reads a line and answers it. Returns `false` if the client sends no more lines.
    #[shielded]
    fn answer(&self, reader: &mut BufReader<&TcpStream>, database: &Database) -> io::Result<bool> {
        let mut line = String::new();
        reader.take(LONGEST).read_line(&mut line)?;
        if line.is_empty() {
            return Ok(false);
        }
        let words: Vec<_> = line.split_whitespace().collect();
        let answer = match words[..] {
            ["get", name] => database.get(name).unwrap_or_else(|| "nobody".into()),
            ["set", name, number] => {
                database.set(name, number);
                "set".into()
            }
            _ => "get NAME, or set NAME NUMBER".into(),
        };
        self.answered.fetch_add(1, Relaxed);
        reader
            .get_mut()
            .write_all(format!("{answer}\n").as_bytes())?;
        Ok(true)
    }
}
