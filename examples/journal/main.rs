//! Commits lines to a journal, batch by batch, so that none is lost and none is there twice:
//! whatever kills the program, whenever, the next run goes on where it stopped.
//!
//! ```console
//! $ cargo run --example journal -- README.md --pace 200ms
//! ```
//!
//! reads README.md and commits ten lines at a time to `aplomb-journal-README.md` in the system's
//! directory for temporary files. Press Ctrl-C in the middle, and watch: a batch that is being
//! committed is committed whole, and so are the lines of the one that was being filled; then it
//! says at which line it goes on. Run it again to see that. Close the terminal, or kill it with
//! `kill -9`: what was said to be committed is there, and half a batch never is.
//!
//! Without a file it reads stdin (the same input each time), and without `--pace` it is as fast as
//! the disk; `--help` shows the rest.

mod input;
mod journal;
mod options;

use std::fmt::Display;
use std::io::{self, Write};
use std::num::NonZero;
use std::time::Duration;

use anyhow::{Context, ensure};
use aplomb::{Shutdown, app, shielded};
use clap::Parser;

use input::Input;
use journal::Journal;
use options::Options;

struct State {
    journal: Journal,
    input: Input,
    batch: Batch,
    pace: Duration,
    /// Whether all of the input has been read.
    finished: bool,
}

/// Lines that were read and are not committed yet.
struct Batch {
    lines: Vec<u8>,
    count: usize,
    /// How many lines make it full.
    full: NonZero<usize>,
}

impl Batch {
    fn new(full: NonZero<usize>) -> Batch {
        Batch {
            lines: Vec::new(),
            count: 0,
            full,
        }
    }
}

/// Opens the journal, which cuts off what an interrupted run has left half-written, and the input.
///
/// Never cut itself: however early a Ctrl-C comes, it finds the journal in order.
fn start(options: Options) -> anyhow::Result<State> {
    let path = options.journal();
    let Options {
        input, batch, pace, ..
    } = options;
    let (journal, torn) = Journal::open(&path)
        .with_context(|| format!("cannot use {} as the journal", path.display()))?;
    if torn > 0 {
        say(format_args!(
            "cut off {torn} bytes of a batch that was never committed"
        ));
    }
    say(format_args!(
        "{} lines are committed in {}",
        journal.lines(),
        path.display()
    ));
    Ok(State {
        journal,
        input: Input::open(input.as_deref())?,
        batch: Batch::new(batch),
        pace,
        finished: false,
    })
}

/// Commits batch after batch.
///
/// The request ends it in `skip` or `fill`, where it waits for input, or in `sleep`: each `?` passes
/// `Cancelled` on, and the app knows that this is no failure.
fn run(state: &mut State, shutdown: &Shutdown) -> anyhow::Result<()> {
    skip(state, shutdown)?;
    while fill(state, shutdown)? {
        commit(&mut state.journal, &mut state.batch)?;
        shutdown.sleep(state.pace)?;
    }
    state.finished = true;
    Ok(())
}

/// Passes over the part of the input that is in the journal already.
fn skip(state: &mut State, shutdown: &Shutdown) -> anyhow::Result<()> {
    let committed = state.journal.committed();
    let passed = state.input.skip(committed.bytes, shutdown)?;
    ensure!(
        passed == committed,
        "the journal is of another input: remove it, or name another with `--journal`"
    );
    Ok(())
}

/// Reads lines until the batch is full or the input has ended. Whether there is anything in it.
fn fill(state: &mut State, shutdown: &Shutdown) -> anyhow::Result<bool> {
    let batch = &mut state.batch;
    while batch.count < batch.full.get() && state.input.append_line(&mut batch.lines, shutdown)? {
        batch.count += 1;
    }
    Ok(batch.count > 0)
}

/// Once this has begun it is completed, however often Ctrl-C is pressed. For what cannot be
/// caught, SIGKILL and power failures, there is the journal's format.
#[shielded]
fn commit(journal: &mut Journal, batch: &mut Batch) -> anyhow::Result<()> {
    let first = journal.lines() + 1;
    journal.commit(&batch.lines).context("cannot commit")?;
    batch.lines.clear();
    batch.count = 0;
    say(format_args!(
        "committed lines {first} to {}",
        journal.lines()
    ));
    Ok(())
}

/// Commits what was read and not committed yet, and says where the next run goes on.
fn stop(mut state: State) -> anyhow::Result<()> {
    if state.batch.count > 0 {
        commit(&mut state.journal, &mut state.batch)?;
    }
    let lines = state.journal.lines();
    say(if state.finished {
        format!("all {lines} lines are committed")
    } else {
        format!("stopped; the next run goes on at line {}", lines + 1)
    });
    Ok(())
}

/// Unlike `println!` this does not panic when nobody reads it. That is no reason not to commit.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

#[app(start, run, stop)]
fn main() -> Options {
    Options::parse()
}
