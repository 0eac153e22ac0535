// An app of components, under lints that look at paths, names and bodies.

use aplomb::Shutdown;
use std::io::Error;
use std::time::Duration;

struct Config {
    pause: Duration,
}

struct Database {
    size: u64,
}

struct Cache<T> {
    first: T,
}

// `unreachable_pub` wants what this one does not.
#[allow(clippy::redundant_pub_crate)]
mod database {
    use super::{Config, Database, Error};

    pub(super) fn start(config: &Config) -> Result<Database, Error> {
        let size = std::fs::metadata("/")?.len() + config.pause.as_secs();
        Ok(Database { size })
    }

    pub(super) fn stop(Database { size }: Database) {
        println!("{size}");
    }
}

impl<T: From<u8> + Copy + Into<u64> + 'static> Cache<T> {
    fn start(_: &Database) -> Result<Self, Error> {
        let _ = std::fs::metadata("/")?;
        Ok(Self { first: T::from(1) })
    }

    fn run(&self, database: &Database, config: &Config, shutdown: &Shutdown) {
        let _ = shutdown.wait_timeout(config.pause);
        println!("{}", database.size + self.first.into());
    }

    fn stop(self) {
        println!("{}", self.first.into());
    }
}

fn reload(_: &Config, cache: &Cache<u64>) {
    println!("{}", cache.first);
}

/// The program.
#[aplomb::app(
    components(self::database(start, stop), Cache<u64>(start, run, stop, timeout(stop = "5s")), worker(run = work, optional)),
    on(SIGHUP = reload),
    timeout(run = "10s")
)]
fn main() -> Result<Config, Error> {
    let pause = std::fs::metadata("/")?.modified()?.elapsed();
    let pause = pause.unwrap_or(Duration::ZERO);
    Ok(Config { pause })
}

fn work() {
    println!("work");
}
