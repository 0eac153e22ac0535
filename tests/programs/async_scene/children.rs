//! SIGCHLD calls a function, while `run` waits for children, from several tasks.

use std::io;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};

use aplomb::app;

use crate::script::say;

const ROUNDS: i32 = 20;

static CALLS: AtomicU64 = AtomicU64::new(0);

fn child(code: i32) -> io::Result<ExitStatus> {
    Command::new("sh")
        .args(["-c", &format!("exit {code}")])
        .status()
}

async fn children() {
    for code in 0..ROUNDS {
        let status = smol::unblock(move || child(code)).await;
        let status = status.expect("a child can be awaited");
        assert_eq!(status.code(), Some(code));
    }
}

async fn run() {
    say("R+");
    let all: Vec<_> = (0..4).map(|_| tokio::spawn(children())).collect();
    for task in all {
        task.await.expect("it does not panic");
    }
    say("all were awaited");
    while CALLS.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

async fn stop() {
    say("called");
}

async fn noted() {
    CALLS.fetch_add(1, Ordering::SeqCst);
}

#[app(run, stop, on(SIGCHLD = noted))]
pub(crate) async fn main() {}
