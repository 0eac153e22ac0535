//! Three ways in which foreign code drops a future half-way: the future has begun, and nobody awaits it any
//! more. The script opens the gate `lose` when it wants to be lost.

use std::time::Duration;

use aplomb::Shutdown;

use super::owned;
use crate::script::{gate, say};

async fn wants_to_be_lost() {
    smol::unblock(|| gate::pass("lose")).await;
}

pub(super) async fn by_select(name: &'static str, shutdown: &Shutdown) {
    tokio::select! {
        biased;
        _ = owned(name, shutdown.clone()) => panic!("it was to be lost"),
        () = wants_to_be_lost() => say(format!("{name} lost")),
    }
}

pub(super) async fn by_timeout(name: &'static str, shutdown: &Shutdown) {
    let time = Duration::from_millis(20);
    let result = tokio::time::timeout(time, owned(name, shutdown.clone())).await;
    assert!(result.is_err(), "it was to be lost");
    say(format!("{name} lost"));
}

pub(super) async fn by_abort(name: &'static str, shutdown: &Shutdown) {
    let caller = tokio::spawn(owned(name, shutdown.clone()));
    wants_to_be_lost().await;
    caller.abort();
    let error = caller.await.expect_err("it was to be lost");
    assert!(error.is_cancelled(), "it was to be lost");
    say(format!("{name} lost"));
}

/// Loses, by `select!`, a script that is not a task of its own. Such a script is cut.
pub(super) async fn inline_by_select(name: &'static str, shutdown: &Shutdown) {
    tokio::select! {
        biased;
        _ = super::inline(name, shutdown) => panic!("it was to be lost"),
        () = wants_to_be_lost() => say(format!("{name} lost")),
    }
}
