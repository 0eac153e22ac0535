//! Threads of one program wait for each other by name.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex};

static OPEN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
static OPENED: Condvar = Condvar::new();

pub(crate) fn open(name: &'static str) {
    OPEN.lock()
        .expect("no holder panics")
        .get_or_insert_default()
        .insert(name);
    OPENED.notify_all();
}

/// Blocks until some thread has opened the gate; it stays open.
pub(crate) fn pass(name: &'static str) {
    let mut gates = OPEN.lock().expect("no holder panics");
    while !gates.as_ref().is_some_and(|open| open.contains(name)) {
        gates = OPENED.wait(gates).expect("no holder panics");
    }
}
