//! Workers go from shield to shield without a pause. Each region adds `(` and then `)` to a
//! file of its worker's: at the end they must be pairs.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use aplomb::{app, shielded};

use crate::script::{option, say};

const WORKERS: usize = 4;

static BEGUN: [AtomicU64; WORKERS] = [const { AtomicU64::new(0) }; WORKERS];
static ENDED: [AtomicU64; WORKERS] = [const { AtomicU64::new(0) }; WORKERS];
static AT_RUNS_END: Mutex<[u64; WORKERS]> = Mutex::new([0; WORKERS]);
static ENOUGH: AtomicBool = AtomicBool::new(false);

#[shielded]
fn commit(worker: usize, file: &mut File) {
    BEGUN[worker].fetch_add(1, Ordering::SeqCst);
    file.write_all(b"(").expect("the file takes it");
    file.write_all(b")").expect("the file takes it");
    ENDED[worker].fetch_add(1, Ordering::SeqCst);
}

fn start() -> io::Result<Vec<JoinHandle<()>>> {
    let folder = option("marks").expect("marks= names a folder");
    (0..WORKERS)
        .map(|worker| {
            let path = format!("{folder}/{worker}");
            let mut file = OpenOptions::new().create(true).append(true).open(path)?;
            Ok(thread::spawn(move || {
                while !ENOUGH.load(Ordering::SeqCst) {
                    commit(worker, &mut file);
                }
            }))
        })
        .collect()
}

fn run(_: &Vec<JoinHandle<()>>) {
    while BEGUN.iter().any(|begun| begun.load(Ordering::SeqCst) < 100) {
        thread::yield_now();
    }
    say("R+");
    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("stdin is a pipe");
    let mut at_end = AT_RUNS_END.lock().expect("no holder panics");
    for (at_end, begun) in at_end.iter_mut().zip(&BEGUN) {
        *at_end = begun.load(Ordering::SeqCst);
    }
}

fn stop(workers: Vec<JoinHandle<()>>) {
    let at_end = *AT_RUNS_END.lock().expect("no holder panics");
    let all_ended = at_end
        .iter()
        .zip(&ENDED)
        .all(|(&at_end, ended)| ended.load(Ordering::SeqCst) >= at_end);
    say(format!("P+ {all_ended}"));
    if option("join").is_some() {
        ENOUGH.store(true, Ordering::SeqCst);
        for worker in workers {
            worker.join().expect("workers do not panic");
        }
    }
    say("P-");
}

#[app(start, run, stop)]
pub(crate) fn main() {}
