//! A task wants to enter a shield when the exit has begun already.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use aplomb::{app, shielded};
use tokio::sync::oneshot;

use crate::script::{option, say};

static IS_HELD_BACK: AtomicBool = AtomicBool::new(false);
static IS_IN: AtomicBool = AtomicBool::new(false);

fn begun() {
    IS_IN.store(true, Ordering::SeqCst);
    say("begun");
}

#[shielded]
async fn owned() {
    begun();
}

#[shielded(inline)]
async fn inline() {
    begun();
}

/// Says of a future that it has been asked, and was not ready.
async fn watched(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    poll_fn(|context| {
        let poll = future.as_mut().poll(context);
        IS_HELD_BACK.store(poll.is_pending(), Ordering::SeqCst);
        poll
    })
    .await;
}

async fn start() {
    let (exit_began, wait_for_exit) = oneshot::channel::<()>();
    tokio::spawn(async {
        wait_for_exit.await.expect("the exit function lives");
        match option("shield") {
            Some("inline") => watched(inline()).await,
            _ => watched(owned()).await,
        }
    });
    aplomb::at_exit(move || exit(exit_began));
}

/// Ends when the task is in the shield, or is not let in.
fn exit(exit_began: oneshot::Sender<()>) {
    say("exit+");
    exit_began.send(()).expect("the task lives");
    while !(IS_IN.load(Ordering::SeqCst) || IS_HELD_BACK.load(Ordering::SeqCst)) {
        thread::yield_now();
    }
    say("exit-");
}

async fn run() {
    say("R+");
}

async fn stop() {
    say("P+");
}

#[app(start, run, stop)]
pub(crate) async fn main() {}
