//! Shielded and unshielded tasks, which go from worker to worker. Each has its own view of the request.

use std::collections::HashSet;
use std::sync::Mutex;
use std::thread::{self, ThreadId};

use aplomb::{Shutdown, app, shielded};
use tokio::task::{JoinSet, yield_now};

use crate::script::say;

const TASKS: usize = 12;
const YIELDS: usize = 10_000;

/// The threads that shielded tasks have been on.
static THREADS: Mutex<Option<HashSet<ThreadId>>> = Mutex::new(None);

/// How often the view was another than it is to be.
async fn wrong(shutdown: Shutdown, open: bool) -> usize {
    let mut wrong = 0;
    for _ in 0..YIELDS {
        yield_now().await;
        wrong += usize::from(shutdown.checkpoint().is_err() != open);
        if !open {
            let mut threads = THREADS.lock().expect("no holder panics");
            threads
                .get_or_insert_default()
                .insert(thread::current().id());
        }
    }
    wrong
}

#[shielded]
async fn owned(shutdown: Shutdown) -> usize {
    wrong(shutdown, false).await
}

#[shielded(inline)]
async fn inline(shutdown: &Shutdown) -> usize {
    wrong(shutdown.clone(), false).await
}

/// A task of each kind in turn.
async fn one(kind: usize, shutdown: Shutdown) -> usize {
    match kind % 4 {
        0 => owned(shutdown).await,
        1 => inline(&shutdown).await,
        // Before, between and after.
        2 => {
            let before = wrong(shutdown.clone(), true).await;
            let inside = inline(&shutdown).await;
            before + inside + wrong(shutdown, true).await
        }
        _ => wrong(shutdown, true).await,
    }
}

async fn run(shutdown: &Shutdown) {
    shutdown.request("from here on the views differ");
    let tasks = (0..TASKS).map(|kind| one(kind, shutdown.clone()));
    let tasks: JoinSet<_> = tasks.collect();
    let wrong: usize = tasks.join_all().await.iter().sum();
    say(format!("wrong {wrong}"));
    let threads = THREADS.lock().expect("no holder panics");
    let threads = threads.as_ref().map_or(0, HashSet::len);
    say(format!("threads {threads}"));
}

#[app(run, worker_threads = 4)]
pub(crate) async fn main() {}
