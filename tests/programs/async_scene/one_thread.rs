//! A current-thread runtime. On its only thread several tasks use shields, and the app's own task does, too.

use aplomb::{Shutdown, app, shielded};
use tokio::task::{LocalSet, yield_now};

use crate::script::{option, say};

#[shielded]
fn commit() {
    std::hint::black_box(());
}

async fn start(shutdown: &Shutdown) {
    say("S+");
    let shutdown = shutdown.clone();
    drop(tokio::spawn(async move {
        shutdown.cancelled().await;
        say("cancelled");
    }));
}

async fn run() {
    if option("who") == Some("dips") {
        // This task enters shields for ever, so it still does when the gate is closed.
        drop(tokio::spawn(async {
            loop {
                commit();
                yield_now().await;
            }
        }));
    }
}

async fn stop(shutdown: &Shutdown) {
    say("P+");
    if option("who") == Some("local") {
        let shutdown = shutdown.clone();
        let local = LocalSet::new();
        // The worker is a task of its own, though it is polled inside the shield of `stop`.
        let worker = local.spawn_local(async move { shutdown.cancelled().await });
        local.run_until(worker).await.expect("it does not panic");
    }
    say("P-");
}

#[app(start, run, stop, flavor = "current_thread")]
pub(crate) async fn main() {}
