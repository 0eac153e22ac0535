// An app with everything, under lints that look at paths, names and bodies.

use aplomb::Shutdown;
use aplomb::signal::{SIGHUP, SIGTERM};
use std::io::Error;
use std::time::Duration;

struct Config {
    folder: String,
    pause: Duration,
}

/// The program.
#[aplomb::app(
    start,
    run = Config::run,
    stop,
    signals(SIGINT, SIGTERM),
    on(SIGHUP = reload, SIGUSR1 = Config::rotate),
    timeout(start = "30s", run = "10s", stop = "20s"),
    deadline = "1m",
    drain = "250ms",
    exit_wait = "3s",
    explain = "1s",
    systemd(check = Config::is_healthy, extend = "5m", ready = "announced"),
    force_after = 3,
    reap_orphans,
    terminal = "restore",
    report = "off",
    exit = "code"
)]
fn main() -> Result<Config, Error> {
    let folder = std::env::temp_dir().display().to_string();
    let pause = std::fs::metadata(&folder)?.modified()?.elapsed();
    let pause = pause.unwrap_or(Duration::ZERO);
    Ok(Config { folder, pause })
}

fn start(config: Config) -> Result<Config, Error> {
    let _ = std::fs::metadata("/")?;
    Ok(config)
}

fn reload(_: &Config) {
    println!("{SIGHUP} {SIGTERM}");
}

fn stop(config: Config) {
    drop(config.folder);
}

impl Config {
    fn run(&self, shutdown: &Shutdown) {
        let _ = shutdown.wait_timeout(self.pause);
    }

    fn is_healthy() -> Result<(), Error> {
        std::fs::metadata("/").map(drop)
    }

    fn rotate(&self) {
        println!("{:?}", self.pause);
    }
}
