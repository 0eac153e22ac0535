//! Apps that are to begin inside a region of a task.

use aplomb::{App, Error, Executor, Status, shielded};
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use crate::script::say;

async fn start() {
    say("start");
}

async fn run() {
    say("run");
}

async fn stop() {
    say("stop");
}

/// The calling thread blocks until the app has ended, so on a runtime it is to be one that may.
fn app() -> Result<Status, Error> {
    let app = App::executor(Executor::tokio_current_thread()).phases(start, run, stop);
    app.run().map(|outcome| outcome.status)
}

#[shielded(inline)]
async fn inline() -> Result<Status, Error> {
    app()
}

#[shielded]
async fn owned() -> Result<Status, Error> {
    app()
}

/// The thread of the region polls another task, which is not inside of it, but would keep the region from its end.
#[shielded(inline)]
async fn beside() -> Result<Status, Error> {
    let tasks = LocalSet::new();
    let beside = tasks.spawn_local(async { app() });
    tasks.run_until(beside).await.expect("it does not panic")
}

pub(crate) fn main() {
    let runtime = Runtime::new().expect("there are threads");
    let inside = runtime.block_on(inline());
    say(format!("inline {inside:?}"));
    say(format!("owned {:?}", runtime.block_on(owned())));
    say(format!("beside {:?}", runtime.block_on(beside())));
    drop(runtime);
    say(format!("outside {:?}", app()));
}
