//! A service that keeps notes: HTTP in front, `SQLite` behind. Stopped at any moment, it loses no note
//! that it has acknowledged, and cuts no request that it has begun to answer.
//!
//! ```console
//! $ cargo run --example notes -- --database /tmp/notes.db --port 7070
//! $ curl -i http://127.0.0.1:7070/notes --data-raw 'buy bread'
//! $ curl -i http://127.0.0.1:7070/notes
//! $ curl -i http://127.0.0.1:7070/ready
//! ```
//!
//! Then press Ctrl-C (or send SIGTERM) while something like `ab -k` is at work, and watch:
//!
//! - for a second (`--drain`) nothing changes, but that `/ready` says 503, for the load balancer to send its
//!   requests elsewhere, and that answers end their connections; to press Ctrl-C again skips it;
//! - then new connections are refused, idle ones are closed, and requests in hand are answered;
//! - a client that never comes to the end of its request (`nc 127.0.0.1 7070`, and `POST`) is
//!   left behind after five seconds (`--patience`), or at the next Ctrl-C; the status is 124 after the former;
//! - the database is closed in any case: `notes.db-wal` is gone, `notes.db` has everything;
//! - the service can be started again on the same port at once.

mod door;
mod http;
mod lane;
mod options;
mod store;

use std::fmt::Display;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::Context;
use aplomb::{Cleanup, Shutdown, app};
use clap::Parser;
use tokio::net::TcpListener;

use door::Door;
use options::Options;
use store::Store;

struct Server {
    /// Until `run` has it.
    listener: Option<TcpListener>,
    store: Arc<Store>,
}

/// Makes all that there is to make, or nothing: what has been made when a later step fails is
/// undone.
async fn start(options: Options, cleanup: &mut Cleanup) -> anyhow::Result<Server> {
    let (port, place) = (options.port, options.place());
    // First what another instance may hold, so that this one leaves its database alone.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("cannot listen on port {port}"))?;

    // All of this blocks, which is nobody's loss: nothing else runs yet.
    let cannot_use = || format!("cannot use {place} as the database");
    let store = Arc::new(Store::open(&place).with_context(cannot_use)?);
    // For a start that fails from here on. After `stop` it is called as well, and so is the only
    // place where the database is closed.
    cleanup.push("database", Arc::clone(&store), |store| store.close());
    store.migrate().with_context(cannot_use)?;
    store.add_readers(&place).with_context(cannot_use)?;

    Ok(Server {
        listener: Some(listener),
        store,
    })
}

/// Serves until it is cancelled, which is when the drain time is over; and then until the requests
/// in hand are answered.
///
/// First the door is closed. Then `axum` closes connections that are idle, and waits for requests that
/// have begun, for as long as that takes: there is `timeout(run = …)` for those that never end.
async fn run(server: &mut Server, shutdown: &Shutdown) -> io::Result<()> {
    let listener = server.listener.take().expect("`run` is called once");
    // Not earlier: a signal that comes while `start` runs means that there is no `run`, and nobody
    // to answer those who have been told to come.
    say(format_args!("listening on {}", listener.local_addr()?));
    let (door, all_are_in) = Door::new(listener, shutdown);
    let router = http::router(Arc::clone(&server.store), shutdown.clone());
    axum::serve(door, router)
        .with_graceful_shutdown(all_are_in)
        .await
}

/// Ends what is still at the database: connections are tasks of their own, which go on where
/// `run` was given up. When it is idle, the step of `start` closes it.
async fn stop(server: Server, shutdown: &Shutdown) {
    if let Some(reason) = shutdown.reason() {
        say(format_args!("stopping: {reason}"));
    }
    server.store.quiesce().await;
    say(format_args!("notes written: {}", server.store.written()));
}

/// Unlike `println!` this does not panic when nobody reads it.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

// Five seconds from the request on, of which the drain is one. What is in hand at the database
// then has until `stop` is out of time, too.
#[app(start, run, stop, timeout(stop = "10s"), limits = Options::limits)]
async fn main() -> Options {
    // `--help` and what cannot be understood end the process here, before anything has started.
    Options::parse()
}
