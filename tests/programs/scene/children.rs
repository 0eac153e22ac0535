//! SIGCHLD calls a function, while `run` waits for children, on several threads.

use std::io;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use aplomb::app;

use crate::script::say;

const ROUNDS: i32 = 20;

static CALLS: AtomicU64 = AtomicU64::new(0);

fn child(code: i32) -> io::Result<ExitStatus> {
    Command::new("sh")
        .args(["-c", &format!("exit {code}")])
        .status()
}

fn children() {
    for code in 0..ROUNDS {
        let status = child(code).expect("a child can be awaited");
        assert_eq!(status.code(), Some(code));
    }
}

fn run() {
    say("R+");
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(children);
        }
        children();
    });
    say("all were awaited");
    while CALLS.load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
}

fn stop() {
    say("called");
}

fn noted() {
    CALLS.fetch_add(1, Ordering::SeqCst);
}

#[app(run, stop, on(SIGCHLD = noted))]
pub(crate) fn main() {}
