//! What a task is given it holds until it has ended, also where nobody waits for it any more.
#![deny(warnings)]

use aplomb::shielded;
use std::future::poll_fn;
use std::sync::Mutex;
use std::task::Poll;
use tokio::sync::oneshot::{Receiver, Sender, channel};

static SEEN: Mutex<Vec<&str>> = Mutex::new(Vec::new());

struct Noted(&'static str);

impl Drop for Noted {
    fn drop(&mut self) {
        SEEN.lock().unwrap().push(self.0);
    }
}

struct Pair {
    go: Receiver<()>,
    _other: Noted,
}

#[shielded]
async fn commit(
    pair: Pair,
    _: Noted,
    _permit: Noted,
    (_first, _): (Noted, Noted),
    _ended: Sender<()>,
) {
    pair.go.await.unwrap();
    SEEN.lock().unwrap().push("body");
}

#[tokio::main]
async fn main() {
    let (go, wait) = channel();
    let (ended, end) = channel();
    let pair = Pair {
        go: wait,
        _other: Noted("other field"),
    };
    let taken_apart = (Noted("first"), Noted("second"));
    let mut task = Box::pin(commit(pair, Noted("ignored"), Noted("permit"), taken_apart, ended));
    poll_fn(|context| Poll::Ready(task.as_mut().poll(context).is_pending())).await;
    drop(task);
    assert!(SEEN.lock().unwrap().is_empty());

    go.send(()).unwrap();
    end.await.unwrap_err();
    let mut seen = SEEN.lock().unwrap().clone();
    while seen.len() < 6 {
        tokio::task::yield_now().await;
        seen.clone_from(&SEEN.lock().unwrap());
    }
    let expected = ["body", "first", "second", "permit", "ignored", "other field"];
    assert_eq!(seen, expected);
}
