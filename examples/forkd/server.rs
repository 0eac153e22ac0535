//! The app that clients come to.

use std::env;
use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use anyhow::Context;
use aplomb::{Shutdown, app};
use clap::Parser;

use crate::clients::Clients;
use crate::options::Options;
use crate::places::Places;
use crate::{helper, say};

/// How long no client is let in when that was not possible, as where there is no descriptor left.
const PAUSE: Duration = Duration::from_secs(1);

struct Server {
    /// Until `run` has it.
    listener: Option<TcpListener>,
    places: Arc<Places>,
    clients: Arc<Clients>,
}

fn start(options: Options) -> anyhow::Result<Server> {
    let port = options.port;
    let mut words = options.helper.into_iter();
    let (program, arguments) = match words.next() {
        Some(program) => (program, words.collect()),
        None => (itself()?, vec![helper::WORD.into()]),
    };
    // `bind` sets SO_REUSEADDR on Unix: connections of before do not keep the port.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen on port {port}"))?;
    Ok(Server {
        listener: Some(listener),
        places: Places::new(options.clients)?,
        clients: Arc::new(Clients::new(program, arguments, options.grace)),
    })
}

fn itself() -> anyhow::Result<OsString> {
    let path = env::current_exe().context("cannot find out which program this is")?;
    Ok(path.into())
}

/// Lets clients in, one for each place. The request ends it where it waits for a place or a client.
fn run(server: &mut Server, shutdown: &Shutdown) -> anyhow::Result<()> {
    // Taken out of the state, it is closed when this function ends, and nobody queues up behind a door that
    // will not be opened.
    let listener = server.listener.take().expect("`run` is called once");
    // Not in `start`, after which there may be no `run`.
    say(format_args!("listening on {}", listener.local_addr()?));
    for number in 1.. {
        // First a place: who does not get one waits outside, in the listener's backlog.
        let place = server.places.take(shutdown)??;
        let client = loop {
            match shutdown.accept(&listener) {
                Ok(client) => break client?.0,
                Err(error) => say(format_args!("cannot let a client in: {error}")),
            }
            shutdown.sleep(PAUSE)?;
        };
        let clients = Arc::clone(&server.clients);
        let thread = thread::Builder::new().name(format!("client {number}"));
        let started = thread.spawn(move || {
            clients.attend(number, client);
            drop(place);
        });
        if let Err(error) = started {
            say(format_args!("client {number}: turned away: {error}"));
        }
    }
    Ok(())
}

/// Waits for the helpers. They were told to end by those who wait for them: the request has ended that wait.
fn stop(
    Server {
        places, clients, ..
    }: Server,
    shutdown: &Shutdown,
) -> io::Result<()> {
    if let Some(reason) = shutdown.reason() {
        say(format_args!("stopping: {reason}"));
    }
    places.close()?;
    clients.report();
    Ok(())
}

#[app(start, run, stop, limits = Options::limits)]
pub(crate) fn main() -> Options {
    Options::parse()
}
