//! Tasks that leave what takes long to a pool of threads, as every async program has to that computes,
//! and what becomes of it all when the program is asked to stop.
//!
//! ```console
//! $ cargo run --example pool -- --units 0
//! ```
//!
//! has eight tasks bring units of work to two threads, without end; `--threads`, `--tasks` and
//! `--effort` change that. Press Ctrl-C (or send SIGTERM), and watch: the units in hand come to
//! their end, those in the queue are dropped, and all are counted.
//!
//! Then try what goes wrong:
//!
//! - `--stuck 5`: unit 5 never returns. `stop` waits half a second for it, and then leaves it behind.
//! - `--panic-at 5`: the task that gets the result of unit 5 panics. The others stop as well, and
//!   the status is 101. Without the guard in the task, nobody would notice.
//! - `--fail-at 5`: it returns an error instead; the status is 1.

mod options;
mod queue;
mod tasks;
mod threads;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use aplomb::{Cancelled, Shutdown, app};
use clap::Parser;
use tokio::time::timeout;

use options::Options;
use queue::Queue;
use tasks::{Plan, Tasks};

/// How long `stop` waits for units in hand. A thread cannot be cut, so one that takes longer is
/// left behind, and ends with the process.
const PATIENCE: Duration = Duration::from_millis(500);

/// For each thread of the pool, so many units may wait: enough to keep it busy, and few enough that
/// not much is dropped. A task with another one waits for room.
const WAITING: usize = 4;

struct Pool {
    queue: Arc<Queue>,
    plan: Plan,
    count: usize,
    tasks: Tasks,
}

async fn start(options: Options, shutdown: &Shutdown) -> io::Result<Pool> {
    let queue = Arc::new(Queue::new(options.threads.get() * WAITING));
    for number in 1..=options.threads.get() {
        threads::spawn(number, &queue, shutdown)?;
    }
    Ok(Pool {
        queue,
        plan: options.plan,
        count: options.tasks.get(),
        tasks: Tasks::default(),
    })
}

/// Has the tasks do their work, and waits until they are through with it.
async fn run(pool: &mut Pool, shutdown: &Shutdown) -> Result<(), Cancelled> {
    let plan = Arc::new(pool.plan.clone());
    for _ in 0..pool.count {
        pool.tasks.spawn(&plan, &pool.queue, shutdown);
    }
    shutdown.run_until_cancelled(pool.tasks.join()).await
}

/// Sends away who waits, and waits for who works, up to a point. Says what has become of the units.
async fn stop(mut pool: Pool, shutdown: &Shutdown) -> ExitCode {
    if let Some(reason) = shutdown.reason() {
        say(format_args!("stopping: {reason}"));
    }
    pool.queue.close();
    // A task ends when it hears of its unit, that it is done or dropped. Of one that is stuck
    // it never hears.
    let _ = timeout(PATIENCE, pool.tasks.join()).await;
    let counts = pool.queue.counts();
    say(format_args!("queued: {}", counts.queued));
    say(format_args!("done: {}", counts.done));
    say(format_args!("in hand at the end: {}", counts.at_end));
    say(format_args!("dropped: {}", counts.dropped));
    say(format_args!("abandoned: {}", counts.in_hand));
    match pool.tasks.failed() {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Unlike `println!` this does not panic when nobody reads it.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

#[app(start, run, stop, limits = Options::limits)]
async fn main() -> Options {
    Options::parse()
}
