//! An async app in which one of all the calls of the program's code makes trouble.

use std::error::Error;
use std::future::{pending, poll_fn};
use std::task::Poll;
use std::{fmt, io};

use aplomb::signal::{SIGUSR1, SIGUSR2};
use aplomb::{App, Cleanup, Executor, Phases, Shutdown, shielded};
use tokio::runtime::{Builder, Runtime};

use crate::async_script::executor;
use crate::script::say;
use crate::script::trouble::{
    Config, Fault, State, Trouble, at, begin, body, is_at, live, started,
};

async fn start(_: &Config, cleanup: &mut Cleanup, shutdown: &Shutdown) -> Result<State, Fault> {
    cleanup.push_async("step", (), async |()| at("async-step"));
    Ok(started(cleanup, shutdown))
}

#[shielded]
async fn owned() -> Trouble {
    Trouble("result")
}

/// Polls the call once, and leaves the task alone.
async fn lose() {
    let mut call = Box::pin(owned());
    poll_fn(|context| {
        drop(call.as_mut().poll(context));
        Poll::Ready(())
    })
    .await;
}

async fn run(_: &State, shutdown: &Shutdown) -> Result<(), Fault> {
    say("R+");
    at("run");
    begin(shutdown)?;
    if is_at("result") {
        lose().await;
    }
    let _future = Trouble("future");
    say("begun");
    if is_at("task") {
        // This task lives on until its executor drops it.
        let task = Trouble("task");
        tokio::spawn(async move {
            let _task = task;
            pending::<()>().await;
        });
        tokio::task::yield_now().await;
    }
    if is_at("future") {
        // The user has to insist.
        shutdown.cancelled().await;
        say("accepted");
        pending::<()>().await;
    }
    shutdown.cancelled().await;
    Ok(())
}

async fn stop(_: &State) {
    say("P+");
    at("stop");
}

/// An executor that makes trouble in the middle of its work.
fn torn(phases: Phases) {
    let mut phases = phases;
    smol::block_on(poll_fn(|context| {
        let polled = phases.as_mut().poll(context);
        if aplomb::shutdown().is_requested() {
            at("executor");
        }
        polled
    }));
}

/// An error that makes trouble when it is printed.
#[derive(Debug)]
struct Unmade;

impl fmt::Display for Unmade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        at("display");
        f.write_str("no luck")
    }
}

impl Error for Unmade {}

/// A function that makes trouble in place of a runtime.
fn runtime() -> io::Result<Runtime> {
    at("runtime");
    if is_at("display") {
        return Err(io::Error::other(Unmade));
    }
    Builder::new_current_thread().enable_all().build()
}

pub(crate) fn main() {
    let executor = if is_at("executor") {
        Executor::block_on(torn)
    } else if is_at("runtime") || is_at("display") {
        Executor::runtime(runtime)
    } else {
        executor()
    };
    let captured = Trouble("captured");
    let app = App::executor(executor)
        .body(async || Ok::<_, Fault>(body()))
        .phases(start, run, stop)
        .on(SIGUSR1, async || at("signal"))
        .on(SIGUSR2, async move || {
            let _ = &captured;
        });
    live(app)
}
