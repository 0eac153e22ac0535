//! The server itself, which is an app as well: `site serve FOLDER PORT`.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use aplomb::{Shutdown, app, shielded};

use crate::http::{self, Answer};
use crate::options::Serve;
use crate::{complain, say};

/// What it says when it is ready; the address follows.
pub(crate) const READY: &str = "serving on ";

/// How long a client may take to say what it wants, and to take it.
const PATIENCE: Duration = Duration::from_secs(1);

struct Server {
    /// Until the request: then the door is closed.
    listener: Option<TcpListener>,
    folder: Arc<Path>,
}

fn start(Serve { folder, port }: Serve, shutdown: &Shutdown) -> anyhow::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen on port {port}"))?;
    let shutdown = shutdown.clone();
    // Nobody joins it: it may end with the process.
    thread::Builder::new().name("input".into()).spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        shutdown.request("the input has ended");
    })?;
    Ok(Server {
        listener: Some(listener),
        folder: folder.into(),
    })
}

/// Answers whoever comes, each on a thread of its own, until the request.
fn run(server: &mut Server, shutdown: &Shutdown) -> io::Result<()> {
    let listener = server.listener.take().expect("`run` is called once");
    say(format_args!("{READY}{}", listener.local_addr()?));
    while let Ok((stream, peer)) = shutdown.accept(&listener)? {
        let folder = Arc::clone(&server.folder);
        let thread = thread::Builder::new().name(format!("client {peer}"));
        let client = thread.spawn(move || {
            if let Err(error) = serve(&stream, &folder) {
                complain(format_args!("{peer}: {error}"));
            }
        });
        if let Err(error) = client {
            complain(format_args!("{peer}: turned away: {error}"));
        }
    }
    Ok(())
}

/// Who has not said yet what they want may end with the process, and who does not say it in time is hung up on.
fn serve(client: &TcpStream, folder: &Path) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let Ok(Some(request)) = http::read(client) else {
        return Ok(());
    };
    send(client, &http::answer(&request, folder))
}

/// In a shield, since half a page is worse than none.
#[shielded]
fn send(client: &TcpStream, answer: &Answer) -> io::Result<()> {
    answer.write(client)
}

// Below what whoever starts us waits until we are killed.
#[app(start, run, deadline = "2s")]
pub(crate) fn main() -> Result<Serve, lexopt::Error> {
    Serve::from_arguments()
}
