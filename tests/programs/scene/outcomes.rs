//! The ways out of a shielded function: each leaves the shield, and none is changed by it.

use std::error::Error;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use aplomb::{Shutdown, app, shielded};

use crate::script::say;

#[shielded]
fn value(shutdown: &Shutdown) -> Result<u32, Box<dyn Error>> {
    wait_for_request(shutdown);
    shutdown.checkpoint()?;
    Ok(42)
}

#[shielded]
fn question_mark() -> Result<u32, Box<dyn Error>> {
    let number: u32 = "seven".parse()?;
    Ok(number)
}

#[shielded]
fn early(leave: bool) -> &'static str {
    if leave {
        return "left early";
    }
    "stayed"
}

#[shielded]
fn panics() {
    std::panic::panic_any(1234_u32);
}

fn wait_for_request(shutdown: &Shutdown) {
    say("ready");
    // The truth can be asked for inside a shield; a line says that the signal was sent.
    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("stdin is a pipe");
    while !shutdown.is_requested() {
        std::thread::yield_now();
    }
}

fn is_open(shutdown: &Shutdown) -> &'static str {
    if shutdown.checkpoint().is_err() {
        "open"
    } else {
        "shielded"
    }
}

fn run(shutdown: &Shutdown) {
    say(format!(
        "value {:?} {}",
        value(shutdown).ok(),
        is_open(shutdown)
    ));
    let failed = question_mark().map_err(|error| error.to_string());
    say(format!("question mark {failed:?} {}", is_open(shutdown)));
    say(format!("early {} {}", early(true), is_open(shutdown)));
    let payload = catch_unwind(AssertUnwindSafe(panics)).expect_err("it panics");
    say(format!(
        "panic {:?} {}",
        payload.downcast_ref::<u32>(),
        is_open(shutdown)
    ));
}

#[app(run)]
pub(crate) fn main() {}
