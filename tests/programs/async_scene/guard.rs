//! A task that holds a guard panics.

use aplomb::{Shutdown, app};

use crate::script::say;

async fn run(shutdown: &Shutdown) {
    say("R+");
    let guard = shutdown.drop_guard();
    let task = tokio::spawn(async move {
        let _guard = guard;
        tokio::task::yield_now().await;
        panic!("torn");
    });
    shutdown.cancelled().await;
    assert!(task.await.expect_err("it panics").is_panic());
    say("R-");
}

async fn stop() {
    say("P+");
}

#[app(run, stop)]
pub(crate) async fn main() {}
