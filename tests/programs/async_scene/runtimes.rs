//! A runtime of the program's own goes while a shielded task runs on it: `how=` says how.

use std::thread;

use aplomb::{Shutdown, app, shielded};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot::{Receiver, Sender, channel};

use crate::async_script::input;
use crate::script::{option, say};

#[shielded]
async fn owned(begun: Sender<()>, shutdown: Shutdown) {
    say("half");
    begun.send(()).expect("somebody waits for it");
    input::line().await;
    let thread = thread::current();
    say(format!("whole on {}", thread.name().unwrap_or_default()));
    say(format!("checkpoint {:?}", shutdown.checkpoint()));
}

fn runtime() -> Runtime {
    let runtime = match option("flavour") {
        Some("current-thread") => Builder::new_current_thread().build(),
        _ => Builder::new_multi_thread().worker_threads(1).build(),
    };
    runtime.expect("it can be built")
}

/// Ends when the shielded function has begun; nobody awaits it any more.
async fn begin(shutdown: Shutdown) {
    let (begun, begins): (_, Receiver<()>) = channel();
    tokio::select! {
        () = owned(begun, shutdown) => panic!("it waits for a line"),
        result = begins => result.expect("it says so"),
    }
}

/// On a thread of its own: a runtime must not be dropped inside another.
fn lose(shutdown: Shutdown) {
    let runtime = runtime();
    runtime.block_on(begin(shutdown));
    match option("how") {
        Some("background") => runtime.shutdown_background(),
        _ => drop(runtime),
    }
    say("runtime gone");
}

async fn run(shutdown: &Shutdown) {
    let shutdown = shutdown.clone();
    let lost = thread::spawn(|| lose(shutdown));
    smol::unblock(|| lost.join()).await.expect("no panic");
    say("R-");
}

async fn stop() {
    say("P+");
}

#[app(run, stop)]
pub(crate) async fn main() {}
