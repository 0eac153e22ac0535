// An async app with everything, under lints that look at paths, names and bodies.

use aplomb::Shutdown;
use std::io::Error;
use std::time::Duration;
use tokio::task::yield_now;

struct Config {
    folder: String,
    pause: Duration,
}

/// The program.
#[aplomb::app(
    start,
    run = Config::run,
    stop,
    on(SIGHUP = reload, SIGUSR1 = Config::rotate),
    deadline = "1m",
    grace = "10s",
    worker_threads = 2
)]
async fn main() -> Result<Config, Error> {
    yield_now().await;
    let folder = std::env::temp_dir().display().to_string();
    let pause = std::fs::metadata(&folder)?.modified()?.elapsed();
    let pause = pause.unwrap_or(Duration::ZERO);
    Ok(Config { folder, pause })
}

async fn start(config: Config) -> Result<Config, Error> {
    yield_now().await;
    let _ = std::fs::metadata("/")?;
    Ok(config)
}

async fn reload(_: &Config) {
    println!("reload");
    yield_now().await;
}

async fn stop(config: Config) {
    yield_now().await;
    drop(config.folder);
}

impl Config {
    async fn run(&self, shutdown: &Shutdown) {
        let _ = shutdown.run_until_cancelled(yield_now()).await;
    }

    async fn rotate(&self) {
        yield_now().await;
        println!("{:?}", self.pause);
    }
}
