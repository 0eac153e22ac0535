//! A log whose lines another thread writes, as that of `tracing-appender`: who ends it waits until they are written.
//! And an app that has such a log.

use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::say;

static LOG: OnceLock<Sender<Option<&'static str>>> = OnceLock::new();

/// Ends the log when it is dropped, and waits until all lines are written.
#[derive(Debug)]
pub(crate) struct Guard(Option<JoinHandle<()>>);

/// Begins the log.
pub(crate) fn begin() -> Guard {
    let (log, lines) = channel();
    LOG.set(log).expect("there is one log");
    let writer = thread::spawn(move || {
        while let Ok(Some(line)) = lines.recv() {
            // So slowly that many lines are left at the end.
            thread::sleep(Duration::from_millis(5));
            say(line);
        }
    });
    Guard(Some(writer))
}

/// Hands a line to the log, which is written later.
pub(crate) fn log(line: &'static str) {
    let log = LOG.get().expect("the log has begun");
    // After the end of the log nobody receives it: the line is lost.
    let _ = log.send(Some(line));
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = LOG.get().expect("the log has begun").send(None);
        let writer = self.0.take().expect("it is dropped once");
        writer.join().expect("it does not panic");
    }
}

/// Makes an app with a log that is to be complete, whatever ends it: its guard goes to an exit function
/// (`keep=at-exit`), or is a part of the configuration (`keep=returned`). `way=` says how the app ends.
///
/// The phases are functions, or `async fn`s with that word, and `run` waits for the request as it says.
#[allow(unused_macros, reason = "not all programs have such an app")]
macro_rules! app_with_a_log {
    ($($kind:ident)?, |$shutdown:ident| $wait:expr) => {
        use aplomb::{Shutdown, app, at_exit};

        use crate::script::appender::{Guard, begin, log};
        use crate::script::{option, say};

        struct Config {
            _log: Option<Guard>,
        }

        #[app(start, run, stop)]
        pub(crate) $($kind)? fn main() -> Config {
            let guard = begin();
            log("body");
            if option("keep") == Some("at-exit") {
                // This function was registered first, so it is called last.
                at_exit(move || drop(guard));
                return Config { _log: None };
            }
            Config { _log: Some(guard) }
        }

        $($kind)? fn start(_: &Config) -> Result<(), String> {
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

        $($kind)? fn run($shutdown: &Shutdown) -> Result<(), String> {
            for _ in 0..20 {
                log("run");
            }
            match option("way") {
                Some("fails") => return Err("no network".into()),
                Some("panics") => panic!("no idea"),
                Some("asks") => $shutdown.request_exit(7),
                Some("exits") => std::process::exit(3),
                Some("waits") => {
                    say("ready");
                    $wait;
                }
                _ => {}
            }
            Ok(())
        }

        $($kind)? fn stop() {
            for _ in 0..20 {
                log("stop");
            }
        }
    };
}
#[allow(unused_imports, reason = "not all programs have such an app")]
pub(crate) use app_with_a_log;
