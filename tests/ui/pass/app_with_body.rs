//! The body's value goes to `start`; attributes and documentation stay on `main`.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

use aplomb::app;

struct Config(u8);

/// Serves.
#[app(start, run, stop)]
#[allow(clippy::unnecessary_wraps, unused_variables)]
pub(crate) fn main() -> Result<Config, std::num::ParseIntError> {
    #![allow(unused_mut)]
    let mut unused = 1;
    Ok(Config("7".parse()?))
}

fn start(config: Config) -> Result<u8, String> {
    Ok(config.0)
}

fn run(state: &mut u8) {
    *state += 1;
}

fn stop(state: u8) {
    assert_eq!(state, 8);
}
