//! A `run` that goes from shield to shield.

use aplomb::{Shutdown, app, shielded};
use tokio::task::yield_now;

use crate::script::{option, say};

#[shielded(inline)]
async fn commit() {
    yield_now().await;
}

async fn commits() {
    loop {
        commit().await;
    }
}

async fn run(shutdown: &Shutdown) {
    say("R+");
    if option("via") == Some("run-until") {
        let ended = shutdown.run_until_cancelled(commits()).await;
        say(format!("cancelled {}", ended.is_err()));
    } else {
        commits().await;
    }
}

async fn stop() {
    say("P+");
}

#[app(run, stop)]
pub(crate) async fn main() {}
