#![deny(warnings)]

use aplomb::app;
use std::sync::atomic::{AtomicU8, Ordering};

static CALLED: AtomicU8 = AtomicU8::new(0);

#[app(start, run, stop)]
fn main();

fn start() {
    assert_eq!(CALLED.fetch_add(1, Ordering::Relaxed), 0);
}

fn run() {
    assert_eq!(CALLED.fetch_add(1, Ordering::Relaxed), 1);
}

fn stop() {
    assert_eq!(CALLED.fetch_add(1, Ordering::Relaxed), 2);
}
