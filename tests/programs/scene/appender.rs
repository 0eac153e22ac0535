//! Apps with a log that is to be complete, whatever ends them: its guard goes to an exit function (`keep=at-exit`), or is
//! a part of the configuration (`keep=returned`). `way=` says how the app ends.

use aplomb::{Shutdown, app, at_exit};

use crate::script::appender::{Guard, begin, log};
use crate::script::{option, say};

struct Config {
    _log: Option<Guard>,
}

#[app(start, run, stop)]
pub(crate) fn main() -> Config {
    let guard = begin();
    log("body");
    if option("keep") == Some("at-exit") {
        // This function was registered first, so it is called last.
        at_exit(move || drop(guard));
        return Config { _log: None };
    }
    Config { _log: Some(guard) }
}

fn start(_: &Config) -> Result<(), String> {
    log("start");
    if option("keep") == Some("at-exit") {
        at_exit(|| log("exit"));
    }
    match option("way") {
        Some("start-fails") => Err("no disk".into()),
        Some("start-panics") => panic!("no memory"),
        _ => Ok(()),
    }
}

fn run(shutdown: &Shutdown) -> Result<(), String> {
    for _ in 0..20 {
        log("run");
    }
    match option("way") {
        Some("fails") => return Err("no network".into()),
        Some("panics") => panic!("no idea"),
        Some("asks") => shutdown.request_exit(7),
        Some("exits") => std::process::exit(3),
        Some("waits") => {
            say("ready");
            shutdown.wait();
        }
        _ => {}
    }
    Ok(())
}

fn stop() {
    for _ in 0..20 {
        log("stop");
    }
}
