//! What a phase says of itself.

use std::thread;

use crate::script::{option, say};

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

impl Drop for Phase {
    fn drop(&mut self) {
        if !self.ended && !thread::panicking() {
            self.say(" dropped");
        }
    }
}
