//! SIGHUP reloads; each phase waits for a line.

use aplomb::{Shutdown, app};

use crate::async_script::perform;
use crate::script::{Failure, option, say};

#[derive(Debug)]
struct State;

async fn start(shutdown: &Shutdown) -> Result<State, Failure> {
    say("S+");
    perform("start", shutdown).await?;
    say("S-");
    Ok(State)
}

async fn run(_: &State, shutdown: &Shutdown) -> Result<(), Failure> {
    say("R+");
    let performed = perform("run", shutdown).await;
    say("R-");
    performed.map(|_| ())
}

async fn stop(_: State, shutdown: &Shutdown) {
    say("P+");
    let _ = perform("stop", shutdown).await;
    say("P-");
}

async fn reload(_: &State, shutdown: &Shutdown) {
    say("reload+");
    if option("reload").is_some() {
        let _ = perform("reload", shutdown).await;
    }
    say("reload-");
}

#[app(start, run, stop, on(SIGHUP = reload))]
pub(crate) async fn main() {}
