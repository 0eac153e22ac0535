//! Modules and types, functions that ask for things in any order, and those that ask for nothing.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Mutex;
use std::time::Duration;

use aplomb::{Cleanup, Shutdown, app};

static LOG: Mutex<Vec<&str>> = Mutex::new(Vec::new());

fn log(what: &'static str) {
    LOG.lock().unwrap().push(what);
}

struct Config {
    code: u8,
}

/// Neither `Send` nor `Sync`: no `run` asks for it.
struct Ledger(Rc<RefCell<Vec<u8>>>);

mod ledger {
    use super::*;

    pub fn start(cleanup: &mut Cleanup) -> Result<Ledger, String> {
        cleanup.push("lock", (), |()| log("ledger unlocked"));
        log("ledger");
        Ok(Ledger(Rc::default()))
    }

    pub fn stop(ledger: Ledger) {
        assert_eq!(*ledger.0.borrow(), [7]);
        log("ledger stopped");
    }
}

#[derive(Debug)]
struct Cache<T>(T);

impl<T: From<u8> + Into<u64> + Copy + 'static> Cache<T> {
    fn start(config: &Config, ledger: &Ledger) -> Result<Self, String> {
        ledger.0.borrow_mut().push(config.code);
        log("cache");
        Ok(Cache(config.code.into()))
    }

    fn run(&self) {
        assert_eq!(self.0.into(), 7);
    }
}

mod parts {
    pub mod api {
        use crate::*;

        pub fn serve(
            shutdown: &Shutdown,
            cache: &Cache<u64>,
            config: &Config,
        ) -> Result<ExitCode, String> {
            shutdown.wait();
            assert_eq!(cache.0, u64::from(config.code));
            Ok(ExitCode::SUCCESS)
        }

        pub fn stop(_: &Cache<u64>, shutdown: &Shutdown) -> Result<(), String> {
            let reason = shutdown.reason().map(|reason| reason.to_string());
            assert_eq!(reason.as_deref(), Some("component `Cache` has ended"));
            log("api stopped");
            Ok(())
        }
    }
}

/// Named in full.
struct Last;

impl Last {
    fn start() {
        log("last");
    }

    fn run(shutdown: &Shutdown) {
        shutdown.wait();
    }

    fn stop() {
        log("last stopped");
    }
}

const LIMIT: Duration = Duration::from_secs(60);

/// Its state is `Send`, since its `stop` has a thread of its own.
mod spool {
    use super::*;

    pub struct Spool(Vec<u8>);

    pub fn start() -> Result<Spool, String> {
        Ok(Spool(vec![7]))
    }

    pub fn stop(spool: &mut Spool, shutdown: &Shutdown) {
        assert_eq!(spool.0.pop(), Some(7));
        assert!(shutdown.is_requested() && shutdown.checkpoint().is_ok());
        log("spool stopped");
    }
}

/// Its end does not end the app: the others see that `Cache` has ended it.
mod once {
    pub fn run() -> Result<(), String> {
        Ok(())
    }
}

fn reload(_: &Config, _: &Cache<u64>) -> Result<(), String> {
    Ok(())
}

#[app(
    components(
        ledger(start, stop),
        Cache<u64>(start, run),
        parts::api(run = parts::api::serve, stop),
        Last,
        once(optional, run),
        spool(start, stop, timeout(stop = LIMIT)),
    ),
    on(SIGHUP = reload),
    timeout(start = "10s", stop = "10s"),
)]
fn main() -> Result<Config, String> {
    aplomb::at_exit(|| {
        assert_eq!(
            *LOG.lock().unwrap(),
            [
                "ledger",
                "cache",
                "last",
                "spool stopped",
                "last stopped",
                "api stopped",
                "ledger stopped",
                "ledger unlocked"
            ]
        );
    });
    Ok(Config { code: 7 })
}
