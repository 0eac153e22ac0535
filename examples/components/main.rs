//! A phone book over TCP, made of three components that start in order and stop in reverse.
//!
//! `cargo run --example components -- book.txt 7777` serves the file on port 7777, without a port on a free one; it
//! says on which. Talk to it with `nc 127.0.0.1 7777`: `set ada 1815`, `get ada`. Then press Ctrl-C, or send SIGTERM,
//! at any time, and watch:
//!
//! - the clients in work get their answers first; then the door is closed, and then the book, with all that they have
//!   set in it;
//! - while it starts, only what has started by then is stopped;
//! - where the port is taken the book is closed again, and the error names the component: `Api` cannot start.
//!
//! What a component asks for it asks for by type: `Api::run` takes the database and the handle in any order. Swap the
//! first and the last in the list below, and the compiler says which one nobody has made yet.

mod api;
mod database;

use std::path::PathBuf;
use std::time::Duration;

use aplomb::{Cancelled, Limits, Shutdown, app};
use clap::Parser;
use humantime::parse_duration;

use api::Api;
use database::Database;

/// What all components may look at.
#[derive(Parser)]
struct Config {
    /// A file; it is made where there is none
    book: PathBuf,

    /// On 127.0.0.1; 0 is any that is free
    #[arg(default_value_t = 0)]
    port: u16,

    /// How long its whole end may take
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = parse_duration)]
    deadline: Duration,
}

impl Config {
    fn limits(&self, limits: &mut Limits) {
        limits.deadline = Some(self.deadline);
    }
}

/// A component with nothing but a `run`: what is set is in the file a second later, also where the power fails.
mod saver {
    use super::{Cancelled, Database, Duration, Shutdown};

    pub(crate) fn run(database: &Database, shutdown: &Shutdown) -> Result<(), Cancelled> {
        loop {
            shutdown.sleep(Duration::from_secs(1))?;
            if let Err(error) = database.save() {
                // The next second may be better. What cannot be saved in the end is an error of `database::stop`.
                eprintln!("saver: {error}");
            }
        }
    }
}

#[app(
    components(database(start, stop), saver(run), Api(start, run, stop)),
    limits = Config::limits
)]
fn main() -> Config {
    Config::parse()
}
