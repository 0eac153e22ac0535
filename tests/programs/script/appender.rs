//! A log whose lines another thread writes, as that of `tracing-appender`: who ends it waits until they are written.

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
