#![deny(warnings)]

use aplomb::{Cleanup, Shutdown};

struct Config(u8);
struct Server(u8);

#[aplomb::app(start, run, stop, on(SIGHUP = reload))]
fn main() -> Config {
    Config(1)
}

fn start(cleanup: &mut Cleanup, shutdown: &Shutdown, config: &Config) -> Result<Server, String> {
    assert!(!shutdown.is_requested());
    cleanup.push("step", (), drop);
    Ok(Server(config.0))
}

fn run(shutdown: &Shutdown, config: &Config, server: &Server) {
    assert_eq!(server.0, config.0);
    shutdown.request("done");
}

fn stop(shutdown: &Shutdown, server: &Server, config: &Config) {
    assert!(shutdown.is_requested());
    assert_eq!(server.0, config.0);
}

fn reload(_: &Shutdown, _: &Config, _: &Server) {}
