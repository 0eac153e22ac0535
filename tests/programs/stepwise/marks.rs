//! Marks: what the program notes, with the time of the kernel's monotonic clock.
//!
//! A mark is one line: nanoseconds, the thread, whose function it is, and what has happened. One `write` makes it, so
//! no other gets into it.

use std::collections::HashMap;
use std::fmt::Display;
use std::io;
use std::os::fd::AsFd;
use std::sync::Mutex;

use aplomb::signal::Signal;
use nix::time::{ClockId, clock_gettime};
use nix::unistd::{gettid, write};

/// One call of a function of the script: `usr1#2` is the second one of `usr1`.
#[derive(Debug, Clone)]
pub(crate) struct Call(String);

impl Call {
    /// Begins a call, and notes that.
    pub(crate) fn begin(function: &str) -> Self {
        static COUNTS: Mutex<Option<HashMap<String, u32>>> = Mutex::new(None);
        let mut counts = COUNTS.lock().expect("no holder panics");
        let count = counts.get_or_insert_default();
        let count = count.entry(function.to_owned()).or_default();
        *count += 1;
        let call = Call(format!("{function}#{count}"));
        drop(counts);
        call.note("begin");
        call
    }

    /// Begins a call of a function that is told which signal has come, and how many.
    pub(crate) fn told(function: &str, arrived: &Signal) -> Self {
        let call = Call::begin(function);
        call.note(format!("told {} {}", arrived.number(), arrived.count()));
        call
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    pub(crate) fn note(&self, what: impl Display) {
        let now = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("there is such a clock");
        let now = i128::from(now.tv_sec()) * 1_000_000_000 + i128::from(now.tv_nsec());
        let line = format!("{now} {} {} {what}\n", gettid(), self.0);
        // Nobody reads it any more when the test has given up.
        let _ = write(io::stdin().as_fd(), line.as_bytes());
    }
}
