//! What a phase says of itself.

use std::process::ExitStatus;
use std::thread;

use aplomb::Cleanup;

use crate::script::supervised::child;
use crate::script::{number, option, say};

/// Says that it begins, and how it ends: by itself (`-`), or dropped where it waits (`dropped`). A
/// panic speaks for itself.
#[derive(Debug)]
pub(super) struct Phase {
    letter: &'static str,
    ended: bool,
}

impl Phase {
    pub(super) fn begin(letter: &'static str) -> Self {
        let phase = Self {
            letter,
            ended: false,
        };
        phase.say("+");
        phase
    }

    pub(super) fn end(mut self) {
        self.ended = true;
        self.say("-");
    }

    fn say(&self, what: &str) {
        if !option("quiet").is_some_and(|letters| letters.contains(self.letter)) {
            say(format!("{}{what}", self.letter));
        }
    }
}

/// Pushes `undos=` steps that do nothing.
pub(super) fn push_undos(cleanup: &mut Cleanup) {
    for _ in 0..option("undos").map_or(0, number) {
        cleanup.push("nothing", (), |()| ());
    }
}

/// The status of the child of that name, which has ended.
pub(super) fn status_of(name: &str) -> ExitStatus {
    let status = child(name).try_wait().expect("nobody else reaps it");
    status.expect("it has ended")
}

impl Drop for Phase {
    fn drop(&mut self) {
        if !self.ended && !thread::panicking() {
            self.say(" dropped");
        }
    }
}
