//! Storms of two signals. Their functions count, and look whether they are alone. `sent=` names a folder in
//! which is written, before it is sent, how many there are of each.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use aplomb::app;
use tokio::task::yield_now;

use crate::async_script::input::line;
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

    async fn called(&self) {
        let sent = self.sent();
        if BUSY.swap(true, Ordering::SeqCst) {
            OVERLAPS.fetch_add(1, Ordering::SeqCst);
        }
        self.calls.fetch_add(1, Ordering::SeqCst);
        // Time for another one to come in between.
        for _ in 0..3 {
            yield_now().await;
        }
        self.seen.store(sent, Ordering::SeqCst);
        BUSY.store(false, Ordering::SeqCst);
    }

    fn sent(&self) -> u64 {
        let folder = option("sent").expect("sent= names a folder");
        let bytes = fs::read(format!("{folder}/{}", self.name)).expect("the file is there");
        u64::from_le_bytes(bytes.try_into().expect("a number is in it"))
    }

    async fn wait_for(&self, count: u64) {
        while self.seen.load(Ordering::SeqCst) < count {
            yield_now().await;
        }
    }
}

async fn run() {
    say("R+");
    loop {
        // How many there are of each when a storm is over; 0 when there is none any more.
        let count = number(&line().await);
        if count == 0 {
            break;
        }
        USR1.wait_for(count).await;
        USR2.wait_for(count).await;
        say(format!("heard {count}"));
    }
}

async fn stop() {
    for kind in [&USR1, &USR2] {
        say(format!(
            "{} {}",
            kind.name,
            kind.calls.load(Ordering::SeqCst)
        ));
    }
    say(format!("overlaps {}", OVERLAPS.load(Ordering::SeqCst)));
}

async fn usr1() {
    USR1.called().await;
}

async fn usr2() {
    USR2.called().await;
}

#[app(run, stop, on(SIGUSR1 = usr1, SIGUSR2 = usr2))]
pub(crate) async fn main() {}
