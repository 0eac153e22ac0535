//! A daemon of worker threads that looks after files: whenever one has changed, it says so.
//!
//! `cargo run --example workers -- Cargo.toml README.md` has two workers look at the files every
//! two seconds; `--workers` and `--every` change that. Then press Ctrl-C (or send SIGTERM), and
//! watch: each worker finishes the file that it is reading, what was left in the queues is
//! counted, and the process dies by the signal.
//!
//! A worker that fails takes the whole daemon down, and the exit status tells the truth. Delete
//! one of the files: its worker returns an error, the others stop as well, and the status is 1.
//! If a worker panics, as `println!` does when its reader has gone, the status is 101.

use std::collections::HashMap;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use aplomb::{Cancelled, Limits, Shutdown, app, shielded};
use clap::Parser;
use humantime::parse_duration;

/// Has worker threads look after files, and says when one has changed.
#[derive(Parser)]
struct Options {
    /// What is looked after
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// How many threads
    #[arg(long, value_name = "N", default_value = "2")]
    workers: NonZero<usize>,

    /// How often, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "2")]
    every: NonZero<u64>,

    /// How long `stop` may take
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = parse_duration)]
    close: Duration,
}

impl Options {
    fn limits(&self, limits: &mut Limits) {
        limits.timeout_stop = Some(self.close);
    }
}

struct Pool {
    workers: Vec<Worker>,
    every: Duration,
}

/// A worker, as the rest of the program sees it.
struct Worker {
    name: String,
    files: Vec<PathBuf>,
    queue: Sender<PathBuf>,
    sent: u64,
    done: Arc<AtomicU64>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Worker {
    fn spawn(number: usize, shutdown: &Shutdown) -> io::Result<Worker> {
        let name = format!("worker {number}");
        let (queue, jobs) = mpsc::channel();
        let done = Arc::new(AtomicU64::new(0));
        let thread = thread::Builder::new().name(name.clone()).spawn({
            let (done, shutdown) = (Arc::clone(&done), shutdown.clone());
            move || {
                // Whatever ends this thread before its time, an error or a panic, asks the app
                // to stop. Without the guard, the daemon would go on with a worker less.
                let _guard = shutdown.drop_guard();
                work(&jobs, &done, &shutdown)
            }
        })?;
        Ok(Worker {
            name,
            files: Vec::new(),
            queue,
            sent: 0,
            done,
            thread,
        })
    }
}

/// What a worker does: one job after the other, until the request.
fn work(jobs: &Receiver<PathBuf>, done: &AtomicU64, shutdown: &Shutdown) -> anyhow::Result<()> {
    let mut sums = HashMap::new();
    // Where there are no jobs, `recv` waits for one, and the request does not wake it. It fails when
    // `stop` drops the other end of the queue.
    while let Ok(file) = jobs.recv() {
        if shutdown.is_requested() {
            break;
        }
        let sum = look_at(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if sums.get(&file) != Some(&sum) {
            println!("{}: {sum:08x}", file.display());
            sums.insert(file, sum);
        }
        done.fetch_add(1, Relaxed);
    }
    Ok(())
}

/// The job proper: makes a checksum of a file.
///
/// In a shield, so that a job that has begun is finished. If that takes long, the library says
/// on stderr which worker the exit waits for.
#[shielded]
fn look_at(file: &Path) -> io::Result<u32> {
    fs::read(file).map(|content| crc32fast::hash(&content))
}

fn start(options: Options, shutdown: &Shutdown) -> io::Result<Pool> {
    let count = options.workers.get();
    let mut workers = (1..=count)
        .map(|number| Worker::spawn(number, shutdown))
        .collect::<io::Result<Vec<_>>>()?;
    for (number, file) in options.files.into_iter().enumerate() {
        workers[number % count].files.push(file);
    }
    Ok(Pool {
        workers,
        every: Duration::from_secs(options.every.get()),
    })
}

/// Deals out the jobs, round after round.
fn run(pool: &mut Pool, shutdown: &Shutdown) -> Result<(), Cancelled> {
    loop {
        for worker in &mut pool.workers {
            // Who is behind gets nothing new: its queue would grow for ever.
            if worker.sent > worker.done.load(Relaxed) {
                continue;
            }
            for file in &worker.files {
                // Nobody receives it where the worker has failed; its guard has told the app.
                let _ = worker.queue.send(file.clone());
                worker.sent += 1;
            }
        }
        shutdown.sleep(pool.every)?;
    }
}

/// Waits for the workers, and says how each has ended.
fn stop(pool: Pool, shutdown: &Shutdown) -> ExitCode {
    if let Some(reason) = shutdown.reason() {
        log(format_args!("stopping: {reason}"));
    }
    let mut code = ExitCode::SUCCESS;
    for worker in pool.workers {
        drop(worker.queue);
        let (name, ended) = (worker.name, worker.thread.join());
        let done = worker.done.load(Relaxed);
        let left = worker.sent - done;
        log(format_args!("{name}: {done} jobs done, {left} left"));
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                log(format_args!("{name} has failed: {error:#}"));
                code = ExitCode::FAILURE;
            }
            // The status will be 101: the guard has seen it.
            Err(_) => log(format_args!("{name} has panicked")),
        }
    }
    code
}

/// A line of the log, in one piece. Unlike `eprintln!` it does not panic when nobody reads it.
fn log(line: impl Display) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

// A file that cannot be read to its end, such as a pipe that nobody writes to, would hold up
// the end for ever. Past the timeout the app says so, and exits with 124.
#[app(start, run, stop, limits = Options::limits)]
fn main() -> Options {
    Options::parse()
}
