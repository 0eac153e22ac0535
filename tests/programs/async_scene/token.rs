//! Tokens for libraries: cancelled with `run`, and without effect on it or on each other.

use aplomb::{Shutdown, app};

use crate::script::say;

async fn run(shutdown: &Shutdown) {
    let (token, other) = (shutdown.token(), shutdown.token());
    let child = token.child_token();
    other.cancel();
    say(format!(
        "requested {}, cancelled {} {}",
        shutdown.is_requested(),
        token.is_cancelled(),
        child.is_cancelled()
    ));
    let task = tokio::spawn(async move { child.cancelled().await });
    say("R+");
    token.cancelled().await;
    task.await.expect("it does not panic");
    let late = shutdown.token();
    say(format!("late {}", late.is_cancelled()));
}

async fn stop() {
    say("P+");
}

#[app(run, stop)]
pub(crate) async fn main() {}
