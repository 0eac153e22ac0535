//! Very many tasks await the request.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use aplomb::{Shutdown, app};
use tokio::task::JoinSet;

use crate::script::say;

const TASKS: usize = 100_000;

static WAITING: AtomicUsize = AtomicUsize::new(0);

async fn wait(shutdown: Shutdown) {
    let mut cancelled = pin!(shutdown.cancelled());
    let mut counted = false;
    poll_fn(|context| {
        let poll = cancelled.as_mut().poll(context);
        if poll.is_pending() && !counted {
            counted = true;
            if WAITING.fetch_add(1, Ordering::SeqCst) + 1 == TASKS {
                say("all wait");
            }
        }
        poll
    })
    .await;
}

async fn run(shutdown: &Shutdown) {
    let mut tasks: JoinSet<()> = (0..TASKS).map(|_| wait(shutdown.clone())).collect();
    let mut woken = 0;
    while let Some(ended) = tasks.join_next().await {
        ended.expect("none panics");
        woken += 1;
    }
    say(format!("woken {woken}"));
}

async fn stop() {
    say("P+");
}

#[app(run, stop)]
pub(crate) async fn main() {}
