//! An app whose phases are `async`, with the options that it has in common with the others.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

use aplomb::{Shutdown, app};
use std::time::Duration;

struct Config(u8);

/// Serves.
#[app(start, run, stop, on(SIGHUP = reload), timeout(run = "10s"), deadline = "1m", exit = "code")]
#[allow(clippy::unnecessary_wraps)]
pub(crate) async fn main() -> Result<Config, std::num::ParseIntError> {
    #![allow(unused_mut)]
    tokio::task::yield_now().await;
    let mut value = "7".parse()?;
    Ok(Config(value))
}

async fn start(config: Config) -> Result<u8, String> {
    tokio::time::sleep(Duration::from_millis(1)).await;
    Ok(config.0)
}

async fn run(state: &u8, _: &Shutdown) {
    tokio::task::yield_now().await;
    assert_eq!(*state, 7);
}

async fn stop(state: u8) {
    tokio::task::yield_now().await;
    assert_eq!(state, 7);
}

async fn reload() {}
