//! Storms of two signals. Their functions count, and look whether they are alone. `sent=` names a folder in
//! which is written, before it is sent, how many there are of each.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::{io, thread};

use aplomb::app;

use crate::script::{number, option, say};

static BUSY: AtomicBool = AtomicBool::new(false);
static OVERLAPS: AtomicU64 = AtomicU64::new(0);

struct Kind {
    name: &'static str,
    calls: AtomicU64,
    /// How many there were when it was called last.
    seen: AtomicU64,
}

static USR1: Kind = Kind::new("usr1");
static USR2: Kind = Kind::new("usr2");

impl Kind {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            calls: AtomicU64::new(0),
            seen: AtomicU64::new(0),
        }
    }

    fn called(&self) {
        let sent = self.sent();
        if BUSY.swap(true, Ordering::SeqCst) {
            OVERLAPS.fetch_add(1, Ordering::SeqCst);
        }
        self.calls.fetch_add(1, Ordering::SeqCst);
        // Time for another one to come in between.
        for _ in 0..3 {
            thread::yield_now();
        }
        self.seen.store(sent, Ordering::SeqCst);
        BUSY.store(false, Ordering::SeqCst);
    }

    fn sent(&self) -> u64 {
        let folder = option("sent").expect("sent= names a folder");
        let bytes = fs::read(format!("{folder}/{}", self.name)).expect("the file is there");
        u64::from_le_bytes(bytes.try_into().expect("a number is in it"))
    }

    fn wait_for(&self, count: u64) {
        while self.seen.load(Ordering::SeqCst) < count {
            thread::yield_now();
        }
    }
}

fn run() {
    say("R+");
    for line in io::stdin().lines() {
        // How many there are of each when a storm is over; 0 when there is none any more.
        let count = number(&line.expect("stdin is a pipe"));
        if count == 0 {
            break;
        }
        USR1.wait_for(count);
        USR2.wait_for(count);
        say(format!("heard {count}"));
    }
}

fn stop() {
    for kind in [&USR1, &USR2] {
        say(format!(
            "{} {}",
            kind.name,
            kind.calls.load(Ordering::SeqCst)
        ));
    }
    say(format!("overlaps {}", OVERLAPS.load(Ordering::SeqCst)));
}

fn usr1() {
    USR1.called();
}

fn usr2() {
    USR2.called();
}

#[app(run, stop, on(SIGUSR1 = usr1, SIGUSR2 = usr2))]
pub(crate) fn main() {}
