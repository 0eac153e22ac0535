#![deny(warnings)]

use std::sync::atomic::{AtomicBool, Ordering};

static PREPARED: AtomicBool = AtomicBool::new(false);

#[aplomb::app(start)]
fn main() {
    PREPARED.store(true, Ordering::Relaxed);
}

fn start(shutdown: &aplomb::Shutdown) {
    assert!(PREPARED.load(Ordering::Relaxed));
    shutdown.request_exit(0);
}
