//! What a program says of itself, for the service manager that it runs under.

use std::fmt::Display;
use std::mem;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Shutdown;
use crate::sync::lock;

/// What the program has said, until the listener passes it on.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Whether a service manager is told anything. It is set before the app has a thread of its own.
    is_heard: AtomicBool,
    /// Whether the program has announced that it is ready.
    is_ready: AtomicBool,
    said: Mutex<Said>,
}

#[derive(Debug, Default)]
struct Said {
    /// The words of the last call.
    text: String,
    /// Whether the listener has not seen them yet. It was woken by the first call that it has not seen.
    is_new: bool,
    /// How many calls there were.
    calls: u64,
}

impl Progress {
    pub(super) fn is_heard(&self) -> bool {
        // Relaxed: an app that begins sets the flag before it starts a thread, so its threads see it.
        self.is_heard.load(Ordering::Relaxed)
    }
}

impl Shutdown {
    /// Says what the program is about to do, where it takes long: `loading 3 of 7`. For a service of systemd's, with
    /// the key `systemd` of [`#[app]`](macro@crate::app) or [`App::systemd`](crate::App::systemd); elsewhere this does
    /// nothing.
    ///
    /// The text is what `systemctl status` shows. And it counts as progress, which
    /// [lengthens the time](crate::systemd::Systemd::extend) that a start or a stop may take.
    ///
    /// Nobody waits for this. Where it is called often, some of the texts are left out.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// for (number, table) in (1..).zip(["users", "orders"]) {
    ///     shutdown.progress(format_args!("loading table {number} of 2, {table}"));
    /// }
    /// ```
    pub fn progress(&self, text: impl Display) {
        let progress = &self.shared.progress;
        if !progress.is_heard() {
            return;
        }
        // To write the text is code of the program's, so that is done before the lock is taken.
        let text = text.to_string();
        let mut said = lock(&progress.said);
        said.text = text;
        said.calls += 1;
        let was_new = mem::replace(&mut said.is_new, true);
        drop(said);
        if !was_new {
            self.wake_notifier();
        }
    }

    /// Says that the program is ready, where that is not when `run` begins: for a service of systemd's, with
    /// `systemd(ready = "announced")` or [`Systemd::announced`](crate::systemd::Systemd::announced); elsewhere this
    /// does nothing.
    ///
    /// To say so once more changes nothing. After a request nobody is told.
    ///
    /// ```
    /// # fn fill_caches() {}
    /// # let shutdown = aplomb::Shutdown::new();
    /// fill_caches();
    /// shutdown.announce_ready();
    /// ```
    pub fn announce_ready(&self) {
        // Release: the listener, which acquires this, passes on what was said before.
        let progress = &self.shared.progress;
        progress.is_ready.store(true, Ordering::Release);
        self.wake_notifier();
    }

    /// Notes that a service manager is told what the program says.
    pub(crate) fn hear_progress(&self) {
        // Relaxed: see `is_heard`.
        self.shared.progress.is_heard.store(true, Ordering::Relaxed);
    }

    /// Whether the program has announced that it is ready.
    pub(crate) fn is_announced(&self) -> bool {
        // Acquire: see `announce_ready`.
        self.shared.progress.is_ready.load(Ordering::Acquire)
    }

    /// How often the program has said something.
    pub(crate) fn count_progress(&self) -> u64 {
        lock(&self.shared.progress.said).calls
    }

    /// Takes what the program has said last, if that is new.
    pub(crate) fn take_progress(&self) -> Option<String> {
        let mut said = lock(&self.shared.progress.said);
        mem::take(&mut said.is_new).then(|| said.text.clone())
    }
}
