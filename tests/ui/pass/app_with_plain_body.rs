#![deny(warnings)]

use aplomb::app;
use std::sync::mpsc::{Receiver, channel};

// What `main` returns need not be a `Result`, and a type that only holds one is none.
#[app(run)]
fn main() -> Option<Result<u8, String>> {
    let (sender, receiver): (_, Receiver<u8>) = channel();
    sender.send(3).ok()?;
    Some(receiver.recv().map_err(|error| error.to_string()))
}

fn run(state: &Option<Result<u8, String>>) {
    assert_eq!(*state, Some(Ok(3)));
}
