//! Two tasks of one thread: one holds the guard of a shield across an await, meanwhile the request
//! comes, and the other one is polled.

use aplomb::{Shutdown, app};
use tokio::task::{LocalSet, yield_now};

use crate::script::say;

async fn run(shutdown: &Shutdown) {
    let local = LocalSet::new();
    let (waits, holds) = (shutdown.clone(), shutdown.clone());
    let waiter = local.spawn_local(async move {
        waits.cancelled().await;
        say("cancelled");
    });
    let holder = local.spawn_local(async move {
        let shield = aplomb::shield("ledger");
        yield_now().await;
        holds.request("a test");
        for _ in 0..10 {
            yield_now().await;
        }
        say("over");
        drop(shield);
    });
    let both = local.run_until(async { (holder.await, waiter.await) });
    let (holder, waiter) = both.await;
    assert!(holder.is_ok() && waiter.is_ok(), "neither panics");
    say("R-");
}

#[app(run)]
pub(crate) async fn main() {}
