//! Descriptors and handles of ours that other code has closed: by `close_range(2)`, or by a library that closes all
//! descriptors on the way into the background.
//!
//! Whoever finds that says so here, and the process ends: without its descriptors no thread of ours would wake any
//! more. Once the number was given out again it is another file's, and nobody can tell.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{PerProcess, Process};

/// Ends the process, whose descriptors these are. What is above gives it. A forked child may close its copies.
static END: PerProcess<OnceLock<End>> = PerProcess::new(OnceLock::new);

type End = (Process, fn());

/// Whether a descriptor of ours turned out to be closed, and the process ends for that.
static NOTED: PerProcess<AtomicBool> = PerProcess::new(AtomicBool::default);

/// Has a function called, once, when a descriptor of ours turns out to be closed. It may be called on any thread, under
/// any lock.
pub(crate) fn on_closed_descriptor(end: fn()) {
    // The first one counts, since every caller gives the same.
    END.get_or_init(|| (Process::current(), end));
}

/// Notes that a descriptor of ours turned out to be closed. Returns whether the process ends for that: a forked child
/// may close its copies, and a program that has a handle and no app gets an error.
pub(crate) fn note_closed_descriptor() -> bool {
    let Some((_, end)) = END.get().filter(|(home, _)| home.is_current()) else {
        return false;
    };
    // Relaxed: the exchange alone has one thread come first.
    if !NOTED.swap(true, Ordering::Relaxed) {
        end();
    }
    true
}

/// Returns whether the process ends since a descriptor of ours turned out to be closed. The thread that has noted that
/// sees it.
pub(crate) fn ends_for_closed_descriptor() -> bool {
    // Relaxed: no memory is reached by way of the flag.
    NOTED.load(Ordering::Relaxed)
}
