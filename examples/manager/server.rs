//! The app that clients come to.

use std::env;
use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use anyhow::Context;
use aplomb::{Shutdown, app};
use clap::Parser;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio::{join, select};

use crate::clients::{self, Desk};
use crate::crew::{Crew, Shop};
use crate::options::Options;
use crate::patience::Patience;
use crate::pool::Pool;
use crate::queue::Queue;
use crate::worker::Recipe;
use crate::{say, work};

/// How long no client is let in when that was not possible, as where there is no descriptor left.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a client may take to read its last lines.
const LAST_LINES: Duration = Duration::from_secs(1);

struct Manager {
    /// Until `run` has it.
    listener: Option<TcpListener>,
    crew: Crew,
    desk: Arc<Desk>,
    clients: JoinSet<io::Result<()>>,
    /// How long clients are waited for at the end: as long as jobs may take, and a little longer.
    last: Duration,
}

/// Makes all that there is to make. Where a step fails nothing has to be undone by hand: workers are ended with
/// the app.
async fn start(options: Options, shutdown: &Shutdown) -> anyhow::Result<Manager> {
    let port = options.port;
    // First what another instance may have.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("cannot listen on port {port}"))?;
    let mut words = options.worker.into_iter();
    let (program, arguments) = match words.next() {
        Some(program) => (program, words.collect()),
        None => (itself()?, vec![work::WORD.into()]),
    };
    let patience = Patience::new(options.patience, shutdown);
    let queue = Arc::new(Queue::new());
    let mut crew = Crew::new(Shop {
        recipe: Recipe {
            program,
            arguments,
            ready: options.ready,
            grace: options.grace,
        },
        queue: Arc::clone(&queue),
        patience: patience.clone(),
        fatal: options.fatal,
    });
    for number in 1..=options.workers.get() {
        // Then there will be no `run`.
        if shutdown.is_requested() {
            break;
        }
        crew.add(number).await?;
    }
    Ok(Manager {
        listener: Some(listener),
        crew,
        desk: Arc::new(Desk {
            queue,
            pool: Pool::new(options.threads.get(), patience),
            answered: 0.into(),
        }),
        clients: JoinSet::new(),
        last: options
            .patience
            .saturating_add(options.grace)
            .saturating_add(LAST_LINES),
    })
}

fn itself() -> anyhow::Result<OsString> {
    let path = env::current_exe().context("cannot find out which program this is")?;
    Ok(path.into())
}

/// Lets clients in, until the request or until it has failed.
async fn run(manager: &mut Manager, shutdown: &Shutdown) -> anyhow::Result<()> {
    // Taken out of the state, it is closed when this function ends.
    let listener = manager.listener.take().expect("`run` is called once");
    say(format_args!("listening on {}", listener.local_addr()?));
    loop {
        match shutdown
            .run_until_cancelled(next(manager, &listener))
            .await??
        {
            Event::Client(Ok((client, _))) => {
                let (desk, shutdown) = (Arc::clone(&manager.desk), shutdown.clone());
                manager
                    .clients
                    .spawn(clients::serve(client, desk, shutdown));
            }
            Event::Client(Err(error)) => {
                say(format_args!("cannot let a client in: {error}"));
                shutdown.run_until_cancelled(sleep(PAUSE)).await?;
            }
            Event::Served => {}
        }
    }
}

enum Event {
    Client(io::Result<(TcpStream, SocketAddr)>),
    Served,
}

/// What happens next; an `Err` if there is a worker less. May be dropped, and called again.
async fn next(manager: &mut Manager, listener: &TcpListener) -> anyhow::Result<Event> {
    select! {
        error = manager.crew.failed() => Err(error),
        client = listener.accept() => Ok(Event::Client(client)),
        Some(ended) = manager.clients.join_next() => Ok(served(ended)),
    }
}

/// A client had its answers, or has hung up, which is all the same.
fn served(ended: Result<io::Result<()>, JoinError>) -> Event {
    match ended {
        Ok(_) => Event::Served,
        Err(error) => resume_unwind(error.into_panic()),
    }
}

/// Has what is in hand come to its end, and everybody told who waits.
async fn stop(mut manager: Manager, shutdown: &Shutdown) {
    if let Some(reason) = shutdown.reason() {
        say(format_args!("stopping: {reason}"));
    }
    manager.desk.queue.close();
    manager.desk.pool.close();
    let told = async {
        while let Some(ended) = manager.clients.join_next().await {
            served(ended);
        }
    };
    // Who does not read its lines is left behind.
    let _ = join!(manager.crew.finish(), timeout(manager.last, told));
    let answered = manager.desk.answered.load(Relaxed);
    say(format_args!("jobs answered: {answered}"));
}

#[app(start, run, stop, limits = Options::limits)]
pub(crate) async fn main() -> Options {
    Options::parse()
}
