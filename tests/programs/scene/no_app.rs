//! A `main` without an app, which ends while a thread is inside a shield.

use std::thread;

use aplomb::Shutdown;

use crate::script::{gate, perform, say};

pub(crate) fn main() {
    thread::spawn(|| perform("worker", &Shutdown::new()));
    gate::pass("in");
    say("main ends");
}
