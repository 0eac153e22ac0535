//! Noticing that a child is stopped which somebody waits for.
//!
//! A stopped child does not end, so whoever waits for it waits for ever, and nothing says why. A pidfd does not tell of
//! it, and SIGCHLD would need a handler, or a thread that takes the signal away from the program's own. `waitid(2)`
//! tells, by a thread that blocks in it. So each child that somebody has waited for, for a second, gets such a thread,
//! which sleeps until the child is stopped, goes on, or ends.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::signal::{Named, SIGTTIN, SIGTTOU};
use crate::sync::spawn;
use crate::sys::{Change, ProcessEnd, STOPS_ARE_SEEN};

/// How long somebody has to wait, and how long a child has to be stopped, before that is said. A job that is stopped
/// and goes on at once, by Ctrl-Z and `fg`, is not worth a word.
pub(super) const LONG: Duration = Duration::from_secs(1);

/// What is known of whether a child is stopped.
#[derive(Debug, Default)]
pub(super) struct Stops {
    /// How many threads and tasks wait for the child.
    pub(super) waits: u32,
    /// When to look whether it is stopped.
    pub(super) look_at: Option<Instant>,
    /// Whether a thread is there that waits until the child is stopped.
    pub(super) watched: bool,
}

impl Stops {
    /// Somebody begins to wait. Returns whether a look is due from now on, of which the supervisor has to be told.
    ///
    /// A wait that ends leaves that look in place: one that begins anew again and again, as in a loop of `select!`, is
    /// one long wait.
    pub(super) fn wait_begins(&mut self, now: Instant) -> bool {
        self.waits += 1;
        let is_new = STOPS_ARE_SEEN && self.look_at.is_none() && !self.watched;
        if is_new {
            self.look_at = Some(now + LONG);
        }
        is_new
    }
}

/// Has a thread call a function each time that the child is stopped. `stopped` says that it is now, which was noticed.
pub(super) fn watch(end: Arc<ProcessEnd>, mut stopped: bool, noticed: impl Fn() + Send + 'static) {
    let work = move || {
        // Ended, reaped, or a kernel that does not tell: there is nothing more to be noticed.
        while let Ok(Change::Stopped(_) | Change::Continued) = end.wait_for_change(stopped) {
            stopped = !stopped;
            if stopped {
                noticed();
            }
        }
    };
    // Where the system has no thread left, it is not noticed.
    let _ = spawn(
        thread::Builder::new().name("aplomb-stops".into()),
        Box::new(work),
    );
}

/// Returns what a stopped child needs to go on, to be printed behind its name.
pub(super) fn advice(signal: i32, foreground: bool) -> String {
    let why = match signal {
        SIGTTIN | SIGTTOU if foreground => {
            "it goes on when this program is in the foreground of its terminal"
        }
        SIGTTIN => "it wants to read from the terminal; start it with `foreground`",
        SIGTTOU => "it wants to write to the terminal; start it with `foreground`",
        _ => "it goes on when it gets SIGCONT",
    };
    format!("is stopped by {}: {why}", Named(signal))
}
