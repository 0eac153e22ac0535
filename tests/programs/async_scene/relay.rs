//! Tasks go from shield to shield without a pause. Each region adds `(` and then `)` to a file of
//! its worker's: at the end they must be pairs.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use aplomb::{app, shielded};
use tokio::task::{JoinSet, yield_now};

use crate::async_script::input;
use crate::script::{option, say};

const WORKERS: usize = 4;

static BEGUN: [AtomicU64; WORKERS] = [const { AtomicU64::new(0) }; WORKERS];
static ENDED: [AtomicU64; WORKERS] = [const { AtomicU64::new(0) }; WORKERS];
static AT_RUNS_END: Mutex<[u64; WORKERS]> = Mutex::new([0; WORKERS]);
static ENOUGH: AtomicBool = AtomicBool::new(false);

async fn commit(worker: usize, file: &mut File) {
    BEGUN[worker].fetch_add(1, Ordering::SeqCst);
    file.write_all(b"(").expect("the file takes it");
    yield_now().await;
    file.write_all(b")").expect("the file takes it");
    ENDED[worker].fetch_add(1, Ordering::SeqCst);
}

#[shielded(inline)]
async fn inline(worker: usize, file: &mut File) {
    commit(worker, file).await;
}

#[shielded]
async fn owned(worker: usize, mut file: File) -> File {
    commit(worker, &mut file).await;
    file
}

/// Half of them borrow, and half of them make a task of each region.
async fn work(worker: usize, mut file: File) {
    while !ENOUGH.load(Ordering::SeqCst) {
        match worker % 2 {
            0 => inline(worker, &mut file).await,
            _ => file = owned(worker, file).await,
        }
    }
}

async fn start() -> io::Result<JoinSet<()>> {
    let folder = option("marks").expect("marks= names a folder");
    let worker = |worker| {
        let path = format!("{folder}/{worker}");
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(work(worker, file))
    };
    (0..WORKERS).map(worker).collect()
}

async fn run(_: &JoinSet<()>) {
    while BEGUN.iter().any(|begun| begun.load(Ordering::SeqCst) < 100) {
        yield_now().await;
    }
    say("R+");
    input::line().await;
    let mut at_end = AT_RUNS_END.lock().expect("no holder panics");
    for (at_end, begun) in at_end.iter_mut().zip(&BEGUN) {
        *at_end = begun.load(Ordering::SeqCst);
    }
}

async fn stop(workers: JoinSet<()>) {
    let at_end = *AT_RUNS_END.lock().expect("no holder panics");
    let all_ended = at_end
        .iter()
        .zip(&ENDED)
        .all(|(&at_end, ended)| ended.load(Ordering::SeqCst) >= at_end);
    say(format!("P+ {all_ended}"));
    if option("join").is_some() {
        ENOUGH.store(true, Ordering::SeqCst);
        workers.join_all().await;
    } else {
        // Dropping the set would abort them, and an inline region may be cut by that.
        let mut workers = workers;
        workers.detach_all();
    }
    say("P-");
}

#[app(start, run, stop)]
pub(crate) async fn main() {}
